// SPDX-License-Identifier: Apache-2.0
#include "identity/jwt.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/limits.h"
#include "crypto/hmac.h"
#include "identity/identity_testing.h"

namespace strait::identity {
namespace {

using testing::claims_with;
using testing::kNow;
using testing::kNowSeconds;

class Token : public ::testing::Test {
 protected:
  Result<TokenClaims> verify(std::string_view token) const {
    return verify_token(token, testing::rules(), issuer.keys(), kNow);
  }
  // The error of a token that must not be taken.
  Error refusal(const std::string& token) const {
    const auto verified = verify(token);
    EXPECT_FALSE(verified) << "it was taken: " << token;
    return verified ? Error{} : verified.error();
  }
  void refuses_header(std::string_view header) const {
    EXPECT_EQ(refusal(issuer.token(claims_with(), header)).code, ErrorCode::kInvalidToken)
        << header;
  }
  void refuses_claim(std::string_view name, std::string_view value) const {
    const auto code = refusal(issuer.token(claims_with(name, value))).code;
    EXPECT_EQ(code, ErrorCode::kInvalidToken) << name << " = " << value;
  }
  testing::Issuer issuer;
};

TEST_F(Token, OfTheIssuerForUsIsAPrincipal) {
  const auto verified = verify(issuer.token(claims_with("owner", "\"ann@example.com\"")));
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified->principal.issuer, testing::kIssuer);
  EXPECT_EQ(verified->principal.subject, "repo:acme/app:ref:refs/heads/main");
  EXPECT_EQ(verified->audience, "strait");
  EXPECT_EQ(verified->expires, kNow + Seconds(300));
  EXPECT_EQ(verified->issued, kNow - Seconds(10));
  ASSERT_NE(verified->principal.claim("owner"), nullptr);
  EXPECT_EQ(*verified->principal.claim("owner"), std::vector<std::string>{"ann@example.com"});
}

TEST_F(Token, ClaimsBecomeTextInNameOrder) {
  const auto verified = verify(issuer.token(claims_with(
      "z",
      R"({"groups":["a","b",7,true],"run":12345678901234567890,"deep":{"ok":true},"null":null,"objects":[{}]})")));
  ASSERT_TRUE(verified) << verified.error().message;
  const auto& principal = verified->principal;
  EXPECT_EQ(*principal.claim("z.groups"), (std::vector<std::string>{"a", "b", "7", "true"}));
  EXPECT_EQ(*principal.claim("z.run"), std::vector<std::string>{"12345678901234567890"});
  EXPECT_EQ(*principal.claim("z.deep.ok"), std::vector<std::string>{"true"});
  EXPECT_EQ(principal.claim("z.null"), nullptr);
  EXPECT_EQ(principal.claim("z.objects"), nullptr);
  EXPECT_TRUE(std::ranges::is_sorted(principal.claims));
}

TEST_F(Token, TwoClaimsThatFlattenToOneNameAreRefused) {
  EXPECT_EQ(
      refusal(issuer.token(
                  R"({"iss":"https://issuer.example","sub":"s","aud":"strait","exp":1795395999,)"
                  R"("a.b":"1","a":{"b":"2"}})"))
          .code,
      ErrorCode::kInvalidToken);
}

// RFC 8725, and the CVEs in the security notes (attack 27).
TEST_F(Token, WithoutASignatureOrWithASymmetricOneIsRefused) {
  for (const auto* alg : {"none", "None", "NONE", "HS256", "HS512", "ES384", "RS256", "es256", ""})
    refuses_header(R"({"kid":"k1","alg":")" + std::string(alg) + "\"}");
  refuses_header(R"({"kid":"k1"})");
  refuses_header(R"({"kid":"k1","alg":["ES256"]})");
  const auto token = issuer.token(claims_with());
  const auto unsigned_token = token.substr(0, token.rfind('.') + 1);
  EXPECT_EQ(refusal(unsigned_token).code, ErrorCode::kInvalidToken);
}

TEST_F(Token, SignedWithTheKeySetAsAnHmacKeyIsRefused) {
  const auto text = codec::base64url_encode(R"({"alg":"HS256","kid":"k1"})") + "." +
                    codec::base64url_encode(claims_with());
  const auto mac = crypto::hmac_sha256(issuer.jwks(), text);
  EXPECT_EQ(refusal(text + "." + codec::base64url_encode(crypto::view(mac))).code,
            ErrorCode::kInvalidToken);
}

TEST_F(Token, ThatBringsItsOwnKeyIsRefused) {
  for (const auto* member :
       {R"("jku":"https://evil.example/jwks")", R"("jwk":{})", R"("x5u":"https://evil.example")",
        R"("x5c":["MIIB"])", R"("crit":["exp"])", R"("b64":false)", R"("zip":"DEF")"})
    refuses_header(R"({"alg":"ES256","kid":"k1",)" + std::string(member) + "}");
}

TEST_F(Token, OfAnotherTypeOrWithAnUnknownKidIsRefused) {
  refuses_header(R"({"alg":"ES256","kid":"k2"})");
  refuses_header(R"({"alg":"ES256","kid":"../../etc/passwd"})");
  refuses_header(R"({"alg":"ES256","kid":"k1' OR '1'='1"})");
  refuses_header(R"({"alg":"ES256","kid":7})");
  refuses_header(R"({"alg":"ES256","kid":""})");
  refuses_header(R"({"alg":"ES256","kid":"k1","typ":"logout+jwt"})");
  for (const auto* type : {"JWT", "jwt", "at+jwt", "application/at+JWT"}) {
    EXPECT_TRUE(
        verify(issuer.token(claims_with(), R"({"alg":"ES256","kid":"k1","x5t":"ab","typ":")" +
                                               std::string(type) + "\"}")))
        << type;
  }
  EXPECT_TRUE(verify(issuer.token(claims_with(), R"({"alg":"ES256"})")))
      << "the issuer has one key";
}

TEST_F(Token, WithAnotherAlgorithmThanTheIssuersIsRefused) {
  auto rules = testing::rules();
  rules.algorithms = {crypto::JwsAlgorithm::kRs256};
  EXPECT_FALSE(verify_token(issuer.token(claims_with()), rules, issuer.keys(), kNow));
}

TEST_F(Token, OfAnotherIssuerIsRefused) {
  for (const auto* iss : {"\"https://issuer.example/\"", "\"http://issuer.example\"",
                          "\"HTTPS://issuer.example\"", "[\"https://issuer.example\"]", "\"\"", ""})
    refuses_claim("iss", iss);
}

TEST_F(Token, ForAnotherAudienceOrPartyIsRefused) {
  for (const auto* aud : {"\"other\"", "[]", "[\"other\"]", "[\"strait\",7]", "{\"strait\":1}",
                          "\"strait \"", "7", ""})
    refuses_claim("aud", aud);
  EXPECT_TRUE(verify(issuer.token(claims_with("aud", "[\"other\",\"strait-two\"]"))));
  for (const auto* azp : {"\"other\"", "[\"strait\"]", "\"\""}) refuses_claim("azp", azp);
  EXPECT_TRUE(verify(issuer.token(claims_with("azp", "\"strait-two\""))));
}

TEST_F(Token, WithoutASubjectIsRefused) {
  for (const auto* sub : {"", "\"\"", "7", "[\"a\"]"}) refuses_claim("sub", sub);
  refuses_claim("sub", "\"" + std::string(1025, 'a') + "\"");
}

TEST_F(Token, IsTakenInItsTimeAndAMinuteAround) {
  const auto at = [](long seconds) { return std::to_string(kNowSeconds + seconds); };
  EXPECT_TRUE(verify(issuer.token(claims_with("exp", at(-59)))));
  EXPECT_EQ(refusal(issuer.token(claims_with("exp", at(-60)))).code, ErrorCode::kExpiredToken);
  EXPECT_TRUE(verify(issuer.token(claims_with("nbf", at(60)))));
  refuses_claim("nbf", at(61));
  EXPECT_TRUE(verify(issuer.token(claims_with("iat", at(60)))));
  refuses_claim("iat", at(61));
  EXPECT_TRUE(verify(issuer.token(claims_with("exp", at(100) + ".5"))));
  for (const auto* exp :
       {"", "null", "\"1795399999\"", "1e999", "1e9", "-1", "99999999999999999999", "true"})
    refuses_claim("exp", exp);
  for (const auto* name : {"nbf", "iat"}) refuses_claim(name, "\"now\"");
}

TEST_F(Token, WithADuplicateMemberIsRefused) {
  EXPECT_FALSE(verify(issuer.token(R"({"sub":"root",)" + claims_with().substr(1))));
  EXPECT_FALSE(verify(issuer.token(R"({"s\u0075b":"root",)" + claims_with().substr(1))));
  refuses_header(R"({"alg":"none","alg":"ES256","kid":"k1"})");
}

TEST_F(Token, InAnotherSerialisationOrSpellingIsRefused) {
  const auto token = issuer.token(claims_with());
  const auto json = R"({"payload":"e30","signatures":[{"protected":"e30","signature":"AA"}]})";
  for (const auto& text : {std::string(json), std::string(), std::string("."), std::string(".."),
                           token + "=", token + ".", "." + token, token + "\n", " " + token,
                           token + ".e30", std::string(limits::kTokenBytesMax + 1, 'a')})
    EXPECT_EQ(refusal(text).code, ErrorCode::kInvalidToken);
}

TEST_F(Token, WithAnyBitFlippedIsRefused) {
  const auto keys = issuer.keys();
  auto token = issuer.token(claims_with());
  for (std::size_t at = 0; at < token.size(); ++at) {
    for (const int mask : {1, 2, 4, 8, 16, 32, 64, 128}) {
      token[at] = static_cast<char>(token[at] ^ mask);
      EXPECT_FALSE(verify_token(token, testing::rules(), keys, kNow)) << at << " " << mask;
      token[at] = static_cast<char>(token[at] ^ mask);
    }
  }
}

TEST_F(Token, MessagesNeverHoldTheToken) {
  const auto token = issuer.token(claims_with("aud", "\"other\""));
  EXPECT_EQ(refusal(token).message.find(token.substr(token.rfind('.'))), std::string::npos);
}

TEST_F(Token, CanBePeekedAtToChooseTheKeys) {
  const auto token = issuer.token(claims_with());
  EXPECT_EQ(*peek_issuer(token), testing::kIssuer);
  EXPECT_EQ(*peek_kid(token), "k1");
  EXPECT_EQ(*peek_kid(issuer.token("{}", R"({"alg":"ES256"})")), "");
  EXPECT_FALSE(peek_issuer(issuer.token("{}")));
  EXPECT_FALSE(peek_issuer("abc"));
}

}  // namespace
}  // namespace strait::identity
