// SPDX-License-Identifier: Apache-2.0
#include "sigv4/verifier.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "crypto/sha256.h"
#include "sigv4/payload.h"
#include "sigv4/sign_head.h"
#include "sigv4/sigv4_testing.h"

namespace strait::sigv4 {
namespace {

using journey::Payload;

constexpr std::string_view kKeyId = "STRTAAAABBBBCCCCDDDD";
constexpr std::string_view kSecret = "virtual-secret";
const Timestamp kNow = *parse_rfc3339("2026-11-23T01:02:03Z");

// An agent's request: signed right unless a test says otherwise.
struct AgentRequest {
  std::string method = "POST";
  std::string target = "/";
  std::string service = "dynamodb";
  std::vector<std::pair<std::string, std::string>> headers = {
      {"host", "strait.example"},
      {"x-amz-date", "20261123T010203Z"},
      {"x-amz-security-token", "STRT1.1.x"},
      {"x-amz-target", "DynamoDB_20120810.GetItem"},
      {"content-type", "application/x-amz-json-1.0"},
  };
  std::vector<std::pair<std::string, std::string>> unsigned_headers = {
      {"user-agent", "aws-cli/2"}, {"amz-sdk-invocation-id", "1"}};
  std::string body = R"({"TableName":"t"})";
  Payload payload = Payload::kBuffered;
  std::string key_id{kKeyId};
  std::string secret{kSecret};
  std::string session_key_id{kKeyId};
  bool known = true;
  Timestamp session_end = kNow + std::chrono::hours(1);
  Timestamp now = kNow;

  journey::RequestHead head() const {
    journey::RequestHead out{method, target, {}};
    for (const auto& [name, value] : headers) out.headers.add(name, value);
    const auto date = out.headers.one("x-amz-date").value_or("20261123T010203Z");
    const auto declared = out.headers.one("x-amz-content-sha256");
    const Scope scope{date.substr(0, 8), "eu-west-1", service};
    const auto key = derive_signing_key(secret, scope);
    sign_head(out, {.access_key_id = key_id,
                    .scope = scope,
                    .amz_date = date,
                    .payload_hash = declared ? std::string(*declared) : crypto::sha256_hex(body),
                    .style = path_style(service),
                    .key = &key});
    for (const auto& [name, value] : unsigned_headers) out.headers.add(name, value);
    return out;
  }

  Result<Verified> verify(const journey::RequestHead& sent) const {
    SigningKeyCache keys(16);
    std::optional<Claimed> claimed;
    if (known) claimed = Claimed{testing::session(session_key_id, session_end), kSecret};
    return Verifier::verify(testing::parsed(sent, streams(sent) ? "" : body, payload), claimed,
                            keys, now);
  }
  bool streams(const journey::RequestHead& sent) const {
    return payload == Payload::kStreamed && sent.headers.count("x-amz-content-sha256") > 0;
  }
  Status check_head(const journey::RequestHead& sent) const {
    SigningKeyCache keys(16);
    return Verifier::check_head(sent, {testing::session(session_key_id, session_end), kSecret},
                                keys, now);
  }
  Result<Verified> verify() const { return verify(head()); }
  Error refusal() const {
    auto verified = verify();
    EXPECT_FALSE(verified) << "it was taken";
    return verified ? Error{} : verified.error();
  }
};

AgentRequest s3_put(std::string sha256) {
  AgentRequest out{.method = "PUT", .target = "/bkt/a/../b//c%20d", .service = "s3"};
  out.headers = {{"host", "strait.example"},
                 {"x-amz-date", "20261123T010203Z"},
                 {"x-amz-security-token", "STRT1.1.x"},
                 {"x-amz-content-sha256", std::move(sha256)}};
  out.payload = Payload::kStreamed;
  return out;
}

TEST(Verifier, TakesWhatTheSessionSigned) {
  const auto verified = AgentRequest().verify();
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified->call.session().access_key_id, kKeyId);
  EXPECT_FALSE(verified->body);
}

TEST(Verifier, LeavesARefusedCallWholeForItsRefusal) {
  AgentRequest request;
  request.secret = "wrong";
  auto call = testing::parsed(request.head(), request.body);
  SigningKeyCache keys(16);
  const Claimed claimed{testing::session(std::string(kKeyId), kNow + std::chrono::hours(1)),
                        kSecret};
  EXPECT_FALSE(Verifier::verify(std::move(call), claimed, keys, kNow));
  EXPECT_EQ(call.call().payload, Payload::kBuffered);
}

TEST(Verifier, AnUnknownKeyAndAWrongSignatureGetTheSameAnswer) {
  AgentRequest wrong;
  wrong.secret = "other";
  AgentRequest unknown;
  unknown.known = false;
  AgentRequest of_another;
  of_another.session_key_id = "STRTEEEEFFFFGGGGHHHH";  // the token of B with the key id of A
  EXPECT_EQ(wrong.refusal().code, ErrorCode::kInvalidSignature);
  EXPECT_EQ(unknown.refusal().message, wrong.refusal().message);
  EXPECT_EQ(of_another.refusal().message, wrong.refusal().message);
}

TEST(Verifier, TheStandInForUnknownKeysSignsNothing) {
  AgentRequest request;
  request.known = false;
  request.secret = "nobody";
  EXPECT_EQ(request.refusal().code, ErrorCode::kInvalidSignature);
}

TEST(Verifier, AnEndedSessionIsSaidToBeExpired) {
  AgentRequest request;
  request.session_end = kNow;
  EXPECT_EQ(request.refusal().code, ErrorCode::kExpiredToken);
}

TEST(Verifier, TheClockMayDifferByFiveMinutes) {
  for (const auto seconds : {-300, 0, 299, 300}) {
    AgentRequest request;
    request.now = kNow + Seconds(seconds);
    EXPECT_TRUE(request.verify()) << seconds;
  }
  for (const auto seconds : {-301, 301, 86400}) {
    AgentRequest request;
    request.now = kNow + Seconds(seconds);
    request.session_end = request.now + Seconds(60);
    EXPECT_EQ(request.refusal().code, ErrorCode::kClockSkew) << seconds;
  }
}

TEST(Verifier, TheScopeMustBeOfTheDayOfTheRequest) {
  const AgentRequest request;
  auto head = request.head();
  auto value = std::string(*head.headers.one("authorization"));
  value.replace(value.find("20261123"), 8, "20261122");
  head.headers.set("authorization", value);
  EXPECT_EQ(request.verify(head).error().code, ErrorCode::kMalformedRequest);
}

// MinIO and others were bypassed by headers that nobody had signed.
TEST(Verifier, EveryAmzHeaderMustBeSigned) {
  for (const auto* name : {"x-amz-target", "x-amz-acl", "x-amz-security-token", "x-amz-meta-a",
                           "x-amz-content-sha256", "x-amz-copy-source"}) {
    AgentRequest request;
    std::erase_if(request.headers, [&](const auto& header) { return header.first == name; });
    request.unsigned_headers.emplace_back(name, "value");
    EXPECT_EQ(request.refusal().message, "the header `" + std::string(name) + "` is not signed");
  }
  AgentRequest request;
  request.unsigned_headers.emplace_back("amz-sdk-request", "attempt=1");
  request.unsigned_headers.emplace_back("expect", "100-continue");
  EXPECT_TRUE(request.verify());
}

TEST(Verifier, ASignedHeaderMustBeThereAndTheHostMustBeSigned) {
  const AgentRequest request;
  auto head = request.head();
  head.headers.remove("content-type");
  EXPECT_EQ(request.verify(head).error().code, ErrorCode::kInvalidSignature);
  // The same name in the query is no substitute.
  head.target = "/?content-type=application/x-amz-json-1.0";
  EXPECT_EQ(request.verify(head).error().code, ErrorCode::kInvalidSignature);

  AgentRequest hostless;
  std::erase_if(hostless.headers, [](const auto& header) { return header.first == "host"; });
  hostless.unsigned_headers.emplace_back("host", "strait.example");
  EXPECT_EQ(hostless.refusal().message, "the host header is not signed");
  auto two_hosts = request.head();
  two_hosts.headers.add("host", "other.example");
  EXPECT_EQ(request.verify(two_hosts).error().code, ErrorCode::kMalformedRequest);
}

TEST(Verifier, ASecondValueOfASignedHeaderBreaksTheSignature) {
  const AgentRequest request;
  auto head = request.head();
  head.headers.add("x-amz-target", "DynamoDB_20120810.DeleteTable");
  EXPECT_EQ(request.verify(head).error().code, ErrorCode::kInvalidSignature);
}

TEST(Verifier, TheUserAgentMayBeSigned) {
  AgentRequest request;
  request.unsigned_headers.clear();
  request.headers.emplace_back("user-agent", "signed/1");
  auto head = request.head();  // our own signer leaves it out of the signature, which is as good
  EXPECT_TRUE(request.verify(head));
}

TEST(Verifier, TheBodyIsBoundWithOrWithoutItsDigestInAHeader) {
  AgentRequest request;
  const auto head = request.head();
  request.body = R"({"TableName":"u"})";
  EXPECT_EQ(request.verify(head).error().code, ErrorCode::kInvalidSignature);

  AgentRequest declared;
  declared.headers.emplace_back("x-amz-content-sha256", crypto::sha256_hex(declared.body));
  const auto declared_head = declared.head();
  EXPECT_TRUE(declared.verify(declared_head));
  declared.body += " ";
  EXPECT_EQ(declared.verify(declared_head).error().code, ErrorCode::kInvalidSignature);
}

TEST(Verifier, PayloadFormsFitTheWayTheBodyArrives) {
  using enum PayloadForm;
  for (const auto form : {kAbsent, kDigest, kUnsigned})
    EXPECT_TRUE(check_payload_form(form, Payload::kNone, false));
  for (const auto form : {kUnsignedTrailer, kSigned, kSignedTrailer}) {
    EXPECT_FALSE(check_payload_form(form, Payload::kNone, false));
    EXPECT_EQ(check_payload_form(form, Payload::kBuffered, true).error().code,
              ErrorCode::kUnsupported);
    EXPECT_TRUE(check_payload_form(form, Payload::kStreamed, false));
  }
  EXPECT_TRUE(check_payload_form(kAbsent, Payload::kBuffered, false));
  EXPECT_TRUE(check_payload_form(kDigest, Payload::kBuffered, false));
  EXPECT_EQ(check_payload_form(kUnsigned, Payload::kBuffered, false).error().code,
            ErrorCode::kUnsupported);
  EXPECT_TRUE(check_payload_form(kUnsigned, Payload::kBuffered, true));
  EXPECT_TRUE(check_payload_form(kAbsent, Payload::kStreamed, false));
  EXPECT_TRUE(check_payload_form(kUnsigned, Payload::kStreamed, false));
}

TEST(Verifier, OtherPayloadFormsAreNamedAndRefused) {
  const std::vector<std::pair<std::string, ErrorCode>> forms = {
      {"STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", ErrorCode::kUnsupported},
      {"STREAMING-AWS4-HMAC-SHA256-EVENTS", ErrorCode::kUnsupported},
      {"unsigned-payload", ErrorCode::kMalformedRequest},
      {std::string(64, 'A'), ErrorCode::kMalformedRequest},
      {"", ErrorCode::kMalformedRequest},
  };
  for (const auto& [text, code] : forms) EXPECT_EQ(s3_put(text).refusal().code, code) << text;
  AgentRequest buffered;
  buffered.headers.emplace_back("x-amz-content-sha256", kStreamingSigned);
  EXPECT_EQ(buffered.refusal().code, ErrorCode::kUnsupported);
}

TEST(Verifier, AStreamedBodyIsCheckedAsItPasses) {
  auto request = s3_put("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  request.headers.emplace_back("content-length", "3");
  auto verified = request.verify();
  ASSERT_TRUE(verified) << verified.error().message;
  ASSERT_TRUE(verified->body);
  std::string released;
  EXPECT_TRUE(verified->body->feed("abc", [&](std::string_view bytes) { released += bytes; }));
  EXPECT_TRUE(verified->body->finish());
  EXPECT_EQ(released, "abc");
}

TEST(Verifier, AStreamWithABogusSignatureFailsBeforeAnyBodyByte) {
  for (const auto form : {kStreamingUnsignedTrailer, kStreamingSigned, kUnsignedPayload}) {
    auto request = s3_put(std::string(form));
    request.headers.emplace_back("x-amz-decoded-content-length", "3");
    request.secret = "wrong";
    EXPECT_EQ(request.refusal().code, ErrorCode::kInvalidSignature) << form;
  }
}

TEST(Verifier, AStreamWithoutAWordOnItsBodyIsProvenByItsDigest) {
  auto request = s3_put("");
  request.headers.pop_back();
  request.body = "an object";
  request.headers.emplace_back("content-length", "9");
  const auto head = request.head();
  auto verified = request.verify(head);
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_FALSE(verified->body);
  EXPECT_EQ(verified->whole, "an object");
  request.body = "An object";
  EXPECT_EQ(request.verify(head).error().code, ErrorCode::kInvalidSignature);

  request.headers.emplace_back("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==");
  EXPECT_EQ(request.refusal().message, "content-md5 does not match the body");
}

TEST(Verifier, NobodyWithoutTheSecretMakesUsReadABodyThatDeclaresItsDigest) {
  AgentRequest request;
  EXPECT_TRUE(request.check_head(request.head()));  // no digest: nothing can be said yet
  request.headers.emplace_back("x-amz-content-sha256", crypto::sha256_hex(request.body));
  EXPECT_TRUE(request.check_head(request.head()));
  auto bogus = request;
  bogus.secret = "wrong";
  EXPECT_EQ(bogus.check_head(bogus.head()).error().code, ErrorCode::kInvalidSignature);
  auto others = request;
  others.session_key_id = "STRTOTHER";
  EXPECT_EQ(others.check_head(others.head()).error().code, ErrorCode::kInvalidSignature);
  auto late = request;
  late.now = kNow + std::chrono::minutes(6);
  EXPECT_EQ(late.check_head(late.head()).error().code, ErrorCode::kClockSkew);
  auto bare = request;
  bare.unsigned_headers.emplace_back("x-amz-meta-a", "b");
  EXPECT_FALSE(bare.check_head(bare.head()));
}

TEST(SigningKeyCache, AnswersForExactlyTheCredentialAndScopeItWasAskedFor) {
  SigningKeyCache cache(8);
  const Scope scope{"20261123", "eu-west-1", "s3"};
  const auto signature = [&](std::string_view id, std::string_view secret, const Scope& of) {
    return crypto::hex(cache.get(id, secret, of).sign("x"));
  };
  const auto first = signature("A", "one", scope);
  EXPECT_EQ(signature("A", "one", scope), first);
  EXPECT_NE(signature("A", "two", scope), first);
  EXPECT_EQ(signature("B", "one", scope), first);  // the same secret gives the same key
  EXPECT_NE(signature("A", "one", {"20261124", "eu-west-1", "s3"}), first);
  EXPECT_NE(signature("A", "one", {"20261123", "eu-west-2", "s3"}), first);
  EXPECT_NE(signature("A", "one", {"20261123", "eu-west-1", "sns"}), first);
  for (int i = 0; i < 1000; ++i) {
    const auto id = "K" + std::to_string(i);
    EXPECT_EQ(signature(id, id, scope), crypto::hex(derive_signing_key(id, scope).sign("x")));
  }
  EXPECT_EQ(signature("A", "one", scope), first);
}

}  // namespace
}  // namespace strait::sigv4
