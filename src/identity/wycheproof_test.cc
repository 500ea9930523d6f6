// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "codec/json.h"
#include "identity/identity_testing.h"

// Wycheproof's JWS vectors. Their payloads are no claims ("foo"), so a good signature shows in the
// error: a token whose signature holds is refused for its payload, any other for something before
// that.
namespace strait::identity {
namespace {

using codec::Value;

const std::string kPastTheSignature = "the token has a payload that";

std::string member(const Value& object, std::string_view name) {
  const auto* value = object.find(name);
  return value == nullptr || value->string() == nullptr ? "" : *value->string();
}

std::string outcome(const Value& public_key, const std::string& token) {
  std::string set = R"({"keys":[)";
  codec::write_json(set, public_key);
  const auto parsed = parse_jwks(set + "]}");
  if (!parsed) return parsed.error().message;
  using enum crypto::JwsAlgorithm;
  const IssuerRules rules{"https://i.example", {"a"}, {kRs256, kPs256, kEs256, kEs384, kEdDsa}};
  const auto verified = verify_token(token, rules, parsed->keys, testing::kNow);
  return verified ? "verified" : verified.error().message;
}

// What Wycheproof calls valid and Strait does not take.
bool is_outside_our_algorithms(const std::string& alg) {
  return alg == "RS384" || alg == "RS512" || alg == "PS384" || alg == "PS512" || alg == "ES521" ||
         alg == "HS256";
}

TEST(Wycheproof, EveryJwsVectorIsJudgedRight) {
  const std::filesystem::path path =
      std::filesystem::path(STRAIT_CORPORA_DIR) / "jose/json_web_signature_test.json";
  if (!std::filesystem::exists(path))
    GTEST_SKIP() << "skipped: Wycheproof is not beside the project";
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto suite = codec::parse_json(text);
  ASSERT_TRUE(suite) << suite.error().message;

  std::map<std::string, int> count;
  for (const auto& group : *suite->find("testGroups")->list()) {
    const auto* key = group.find("public");
    if (key == nullptr) key = group.find("private");  // symmetric keys
    const auto alg = member(*key, "alg");
    for (const auto& test : *group.find("tests")->list()) {
      const auto id = test.find("tcId")->number()->token;
      const bool valid = member(test, "result") == "valid";
      const auto said = outcome(*key, member(test, "jws"));
      const bool signature_holds = said.starts_with(kPastTheSignature);
      // An empty payload cannot be a claim set, and an empty part is refused before the signature
      // is looked at.
      const bool empty_payload = said.find("empty part") != std::string::npos;
      // rfc7520's PS256 key signs with PS384 in these two.
      const bool other_hash = id == "346" || id == "350";
      if (valid && (is_outside_our_algorithms(alg) || other_hash || empty_payload)) {
        EXPECT_FALSE(signature_holds) << id;
        ++count["valid, refused on purpose"];
      } else {
        EXPECT_EQ(signature_holds, valid) << id << " " << member(test, "comment") << ": " << said;
        ++count[valid ? "valid" : "invalid"];
      }
    }
  }
  EXPECT_EQ(count["valid"] + count["invalid"] + count["valid, refused on purpose"], 401);
  EXPECT_GE(count["valid"], 13);
}

}  // namespace
}  // namespace strait::identity
