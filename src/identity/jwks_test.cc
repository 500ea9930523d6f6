// SPDX-License-Identifier: Apache-2.0
#include "identity/jwks.h"

#include <gtest/gtest.h>

#include "identity/identity_testing.h"

namespace strait::identity {
namespace {

std::string key_json(std::string_view extra) {
  const auto set = testing::Issuer().jwks("k1");
  auto key = set.substr(9, set.size() - 11);
  return key.insert(1, extra);
}

std::string set_of(std::initializer_list<std::string> keys) {
  std::string out = R"({"keys":[)";
  for (const auto& key : keys) out.append(out.back() == '[' ? "" : ",").append(key);
  return out + "]}";
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(KeySet, FindsKeysByTheirKid) {
  const auto parsed = parse_jwks(set_of({key_json(""), replaced(key_json(""), "k1", "k2")}));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->keys.size(), 2u);
  ASSERT_NE(parsed->keys.find("k2"), nullptr);
  EXPECT_EQ(parsed->keys.find("k2")->algorithm, crypto::JwsAlgorithm::kEs256);
  EXPECT_EQ(parsed->keys.find("k3"), nullptr);
  EXPECT_EQ(parsed->keys.find(""), nullptr) << "a token without kid names none of two keys";
}

TEST(KeySet, LeavesOutKeysItCannotUseAndSaysWhy) {
  for (const auto& [bad, why] : std::vector<std::pair<std::string, std::string>>{
           {replaced(key_json(""), R"("use":"sig")", R"("use":"enc")"), "use is `enc`"},
           {replaced(key_json(""), R"("use":"sig")", R"("key_ops":["encrypt"])"), "key_ops"},
           {replaced(key_json(""), "ES256", "HS256"), "alg is `HS256`"},
           {replaced(key_json(""), "ES256", "RS256"), "does not go with"},
           {replaced(key_json(""), "P-256", "secp256k1"), "secp256k1"},
           {key_json(R"("d":"AAAA",)"), "private"},
           {R"({"kty":"oct","kid":"h","k":"AAAA"})", "symmetric"},
           {R"({"kty":"RSA","kid":"r","n":"AQAB","e":"AQAB"})", "key `r`"},
           {R"({"kty":"RSA","kid":"r","n":"AQ==","e":"AQAB"})", "base64url"},
           {R"({"kty":"EC","crv":"P-256","kid":"k","x":"AAAA","y":"AAAA"})", "key `k`"},
           {R"({"kty":"EC","crv":"P-256","kid":7})", "kid is not text"},
           {"7", "no object"},
       }) {
    const auto parsed = parse_jwks(set_of({bad, replaced(key_json(""), "k1", "good")}));
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->keys.size(), 1u) << bad;
    ASSERT_EQ(parsed->left_out.size(), 1u) << bad;
    EXPECT_NE(parsed->left_out[0].find(why), std::string::npos) << parsed->left_out[0];
    EXPECT_FALSE(parse_jwks(set_of({bad}))) << "no usable key";
  }
}

TEST(KeySet, WithTwoKeysOfOneKidIsRefusedWhole) {
  const auto parsed = parse_jwks(set_of({key_json(""), key_json("")}));
  ASSERT_FALSE(parsed);
  EXPECT_NE(parsed.error().message.find("two keys named `k1`"), std::string::npos);
}

TEST(KeySet, ThatIsNoKeySetIsRefused) {
  for (const auto* text :
       {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[]})", R"({"keys":[],"keys":[]})", "<html>"})
    EXPECT_EQ(parse_jwks(text).error().code, ErrorCode::kUnavailable) << text;
}

TEST(Discovery, NamesExactlyTheConfiguredIssuerAndHttpsKeys) {
  const auto document = [](std::string_view issuer, std::string_view keys) {
    return R"({"issuer":")" + std::string(issuer) + R"(","jwks_uri":")" + std::string(keys) +
           R"(","x":[1]})";
  };
  const auto good =
      parse_discovery(document("https://i.example", "https://i.example/jwks"), "https://i.example");
  ASSERT_TRUE(good) << good.error().message;
  EXPECT_EQ(good->jwks_uri, "https://i.example/jwks");
  EXPECT_TRUE(parse_discovery(document("http://127.0.0.1:9000", "http://127.0.0.1:9000/jwks"),
                              "http://127.0.0.1:9000"));

  EXPECT_FALSE(parse_discovery(document("https://i.example/", "https://i.example/jwks"),
                               "https://i.example"));
  for (const auto* keys : {"http://i.example/jwks", "http://127.0.0.1/jwks", "file:///etc/passwd",
                           "https://", "", "https://user@i.example/", "https://i.example/a b"})
    EXPECT_FALSE(parse_discovery(document("https://i.example", keys), "https://i.example")) << keys;
  EXPECT_FALSE(parse_discovery(document("http://127.0.0.1:9000", "http://169.254.169.254/x"),
                               "http://127.0.0.1:9000"));
  EXPECT_FALSE(parse_discovery("{}", "https://i.example"));
  EXPECT_FALSE(parse_discovery("", "https://i.example"));
}

}  // namespace
}  // namespace strait::identity
