// SPDX-License-Identifier: Apache-2.0
#include "mask/masker.h"

#include <gtest/gtest.h>

#include "codec/event_stream.h"
#include "codec/gzip.h"
#include "mask/mask_testing.h"
#include "mask/reply_headers.h"

// The rooms whose badges a reply and a call need; in the gateway they are elsewhere.
namespace strait::net {
class Upstream {
 public:
  static journey::UpstreamReply reply(journey::ReplyHead head, std::string body, bool streamed) {
    return journey::UpstreamReply({}, std::move(head), std::move(body), streamed);
  }
};
class Server {
 public:
  static journey::ReceivedRequest request() { return journey::ReceivedRequest({}, {}, {}); }
};
}  // namespace strait::net
namespace strait::wire {
class Parser {
 public:
  static journey::ParsedCall parsed(journey::Call call) {
    return journey::ParsedCall(
        {}, std::unique_ptr<journey::Dossier>(
                new journey::Dossier{.received = net::Server::request(), .call = std::move(call)}));
  }
};
}  // namespace strait::wire
namespace strait::sigv4 {
class Verifier {
 public:
  static journey::AuthenticatedCall authenticated(journey::Call call) {
    return journey::AuthenticatedCall(Badge<Verifier>(), journey::Arrival(), std::move(call),
                                      journey::Session());
  }
};
}  // namespace strait::sigv4
namespace strait::policy {
class Judge {
 public:
  static journey::JudgedCall judged(journey::Call call) {
    return journey::JudgedCall({}, sigv4::Verifier::authenticated(std::move(call)), {});
  }
};
}  // namespace strait::policy
namespace strait::desk {
class Desk {
 public:
  static journey::PermittedCall permitted(journey::Call call) {
    return journey::PermittedCall({}, policy::Judge::judged(std::move(call)), {});
  }
};
}  // namespace strait::desk

namespace strait::mask::testing {
namespace {

journey::PermittedCall call_of(std::string_view service, std::string_view name) {
  const auto found = vault().catalog->service(service);
  return desk::Desk::permitted(journey::Call{.catalog = vault().catalog,
                                             .operation = *found->operation(name),
                                             .also = {},
                                             .protocol = found->protocols()[0]});
}

using Fields = std::vector<std::pair<std::string, std::string>>;

journey::UpstreamReply reply(std::string body, Fields fields = {}, int status = 200,
                             bool streamed = false) {
  journey::ReplyHead head;
  head.status = status;
  if (!streamed) head.headers.add("content-length", std::to_string(body.size()));
  for (auto& [name, value] : fields) head.headers.add(name, value);
  return net::Upstream::reply(std::move(head), std::move(body), streamed);
}

class MaskerTest : public ::testing::Test {
 protected:
  Result<journey::MaskedReply> apply(std::string_view service, std::string_view name,
                                     journey::UpstreamReply upstream, MaskRules rules = {}) {
    const auto plan = plan_of(service, name, rules);
    return masker_.apply(std::move(upstream), call_of(service, name), plan, key());
  }
  Masker masker_ = *Masker::make(*Detectors::compile(kDetectAll));
};

std::string header(const journey::MaskedReply& reply, std::string_view name) {
  return std::string(reply.head().headers.one(name).value_or("(none)"));
}

TEST_F(MaskerTest, RepairsLengthAndChecksumsOfAMaskedBody) {
  const auto out =
      apply("json", "GetSecret",
            reply(R"({"Value":"v"})", {{"x-amz-crc32", "1"},
                                       {"content-md5", "m"},
                                       {"etag", "e"},
                                       {"content-type", "application/x-amz-json-1.1"}}));
  ASSERT_TRUE(out);
  EXPECT_EQ(out->body(), R"({"Value":")" + key().marker("sensitive", "v") + "\"}");
  EXPECT_EQ(header(*out, "content-length"), std::to_string(out->body().size()));
  EXPECT_EQ(header(*out, "x-amz-crc32"), "(none)");
  EXPECT_EQ(header(*out, "content-md5"), "(none)");
  EXPECT_EQ(header(*out, "etag"), "e");
  EXPECT_EQ(out->masked().size(), 1u);
}

TEST_F(MaskerTest, LeavesAnUntouchedReplyWhole) {
  const std::string body = R"({"Note":"x"})";
  const auto out = apply("json", "GetSecret", reply(body, {{"x-amz-crc32", "1"}}));
  ASSERT_TRUE(out);
  EXPECT_EQ(out->body(), body);
  EXPECT_EQ(header(*out, "content-length"), std::to_string(body.size()));
  EXPECT_EQ(header(*out, "x-amz-crc32"), "1");
}

TEST_F(MaskerTest, WithholdsWithoutQuotingTheBody) {
  const auto out = apply("json", "GetSecret", reply(R"({"Value":"s3cret)"));
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, ErrorCode::kReplyWithheld);
  EXPECT_EQ((out.error().message + out.error().detail).find("s3cret"), std::string::npos);
}

TEST_F(MaskerTest, HeadersPassByAllowListOnly) {
  const auto out = apply("rest-json", "GetSecret",
                         reply("{}", {{"set-cookie", "a=b"},
                                      {"connection", "close"},
                                      {"server", "x"},
                                      {"x-unknown", "AKIAIOSFODNN7EXAMPLE"},
                                      {"x-amzn-requestid", "r"},
                                      {"x-token", "s3cret"},
                                      {"x-open", "o"},
                                      {"last-modified", "d"}}));
  ASSERT_TRUE(out);
  for (const auto* gone : {"set-cookie", "connection", "server", "x-unknown"})
    EXPECT_EQ(header(*out, gone), "(none)") << gone;
  EXPECT_EQ(header(*out, "x-amzn-requestid"), "r");
  EXPECT_EQ(header(*out, "x-open"), "o");
  EXPECT_EQ(header(*out, "x-token"), key().marker("sensitive", "s3cret"));
  EXPECT_EQ(out->masked().at(0).path, "Token");
}

TEST_F(MaskerTest, DetectorsLookIntoModelledHeaders) {
  const auto out =
      apply("rest-json", "GetSecret", reply("{}", {{"x-open", "k AKIAIOSFODNN7EXAMPLE"}}),
            {.show = {}, .detect = kDetectAll});
  ASSERT_TRUE(out);
  EXPECT_EQ(header(*out, "x-open").find("AKIA"), std::string::npos);
}

TEST_F(MaskerTest, InflatesWhatItMustMask) {
  const auto out =
      apply("json", "GetSecret",
            reply(codec::gzip(R"({"Value":"s3cret"})"), {{"content-encoding", "gzip"}}));
  ASSERT_TRUE(out) << out.error().message;
  EXPECT_EQ(out->body(), R"({"Value":")" + key().marker("sensitive", "s3cret") + "\"}");
  EXPECT_EQ(header(*out, "content-encoding"), "(none)");
  EXPECT_FALSE(apply("json", "GetSecret", reply("xx", {{"content-encoding", "gzip"}})));
  EXPECT_FALSE(apply("json", "GetSecret", reply("{}", {{"content-encoding", "br"}})));
  EXPECT_FALSE(apply("json", "GetSecret",
                     reply("{}", {{"content-encoding", "gzip"}, {"content-encoding", "gzip"}})));
}

TEST_F(MaskerTest, CoversAWholePayloadAndItsEtag) {
  const auto out = apply("rest-json", "GetPayload",
                         reply("s3cret bytes", {{"etag", "md5"}, {"x-amz-checksum-sha256", "c"}}));
  ASSERT_TRUE(out);
  EXPECT_EQ(out->body(), key().marker("sensitive", "s3cret bytes"));
  EXPECT_EQ(header(*out, "etag"), "(none)");
  EXPECT_EQ(
      apply("rest-json", "GetPayload", reply("x"), {.show = {"rest-json:GetPayload"}})->body(),
      "x");
}

TEST_F(MaskerTest, ErrorRepliesAreSearchedNotShaped) {
  const auto out =
      apply("json", "GetSecret",
            reply(R"({"__type":"E","message":"key AKIAIOSFODNN7EXAMPLE","Value":"v"})", {}, 400),
            {.show = {}, .detect = kDetectAll});
  ASSERT_TRUE(out);
  EXPECT_EQ(out->body().find("AKIA"), std::string::npos);
  EXPECT_NE(out->body().find("\"v\""), std::string::npos);
}

TEST_F(MaskerTest, RefusesAPlanOfAnotherOperation) {
  const auto plan = plan_of("json", "GetPlain");
  EXPECT_FALSE(masker_.apply(reply("{}"), call_of("json", "GetSecret"), plan, key()));
}

TEST_F(MaskerTest, RefusesWhenTheDetectorsAreMissing) {
  auto bare = *Masker::make(nullptr);
  const auto plan = plan_of("json", "GetSecret");
  EXPECT_FALSE(bare.apply(reply("{}"), call_of("json", "GetSecret"), plan, key()));
}

TEST_F(MaskerTest, StreamsAreMaskedAsTheyPass) {
  const auto plan = plan_of("json", "GetSecret");
  auto opened = masker_.open(reply("", {{"content-length", "99"}, {"x-amz-crc32", "1"}}, 200, true),
                             call_of("json", "GetSecret"), plan, key());
  ASSERT_TRUE(opened);
  EXPECT_EQ(header(opened->reply, "content-length"), "(none)");
  EXPECT_EQ(header(opened->reply, "x-amz-crc32"), "(none)");
  std::string out;
  ASSERT_TRUE(opened->filter.feed(R"({"Value":"s3)", out));
  ASSERT_TRUE(opened->filter.feed(R"(cret"})", out));
  ASSERT_TRUE(opened->filter.finish(out));
  EXPECT_EQ(out, R"({"Value":")" + key().marker("sensitive", "s3cret") + "\"}");
}

TEST_F(MaskerTest, StreamOfBytesKeepsItsLengthAndChecksum) {
  const auto plan = plan_of("rest-xml", "GetStream");
  auto opened = masker_.open(reply("", {{"content-length", "99"}, {"etag", "e"}}, 200, true),
                             call_of("rest-xml", "GetStream"), plan, key());
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->filter.untouched());
  EXPECT_EQ(header(opened->reply, "content-length"), "99");
}

std::string frame(std::string type, std::string payload,
                  std::vector<codec::EventHeader> more = {}) {
  codec::EventMessage message;
  message.headers = {{":message-type", std::string("event")}, {":event-type", std::move(type)}};
  for (auto& header : more) message.headers.push_back(std::move(header));
  message.payload = std::move(payload);
  std::string out;
  EXPECT_TRUE(codec::write_event(out, message));
  return out;
}

TEST_F(MaskerTest, EventStreamsAreMaskedEventByEvent) {
  const auto plan = plan_of("rest-json", "Converse", {.show = {}, .detect = kDetectNone});
  const auto body =
      frame("Chunk", "s3cret-1") + frame("Say", R"({"Text":"s3cret-2","Turn":"open"})");
  std::mt19937 random(1);
  const auto expected = whole(plan, nullptr, body);
  ASSERT_TRUE(expected.ok) << expected.why;
  EXPECT_EQ(expected.body.find("s3cret"), std::string::npos);
  EXPECT_NE(expected.body.find("\"open\""), std::string::npos);
  EXPECT_EQ(expected.paths(), (std::vector<std::string>{"Chunk:sensitive", "Say.Text:sensitive"}));
  for (int round = 0; round < 20; ++round)
    EXPECT_EQ(pieces(plan, nullptr, body, random_cuts(body.size(), 5, random)).body, expected.body);
  codec::EventStreamDecoder decoder;
  std::string_view rest = expected.body;
  const auto first = decoder.next(rest);
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->payload, key().marker("sensitive", "s3cret-1"));
}

TEST_F(MaskerTest, UnknownEventsAndBrokenFramesAreWithheld) {
  const auto plan = plan_of("rest-json", "Converse", {.show = {}, .detect = kDetectNone});
  EXPECT_FALSE(whole(plan, nullptr, frame("New", "s3cret")).ok);
  const auto body = frame("Chunk", "s3cret");
  EXPECT_FALSE(whole(plan, nullptr, body.substr(0, body.size() - 1)).ok);
  auto flipped = body;
  flipped[flipped.size() - 6] ^= 1;
  EXPECT_FALSE(whole(plan, nullptr, flipped).ok);
}

TEST_F(MaskerTest, FramesAreCheckedWhereNothingIsCovered) {
  const auto plan =
      plan_of("rest-json", "Converse", {.show = {"rest-json:Converse"}, .detect = kDetectNone});
  ASSERT_FALSE(plan.covers_body());
  const auto body = frame("Chunk", "s3cret-1") + frame("New", "more");
  EXPECT_EQ(whole(plan, nullptr, body).body, body);
  auto flipped = body;
  flipped[flipped.size() - 6] ^= 1;
  EXPECT_FALSE(whole(plan, nullptr, flipped).ok);
  EXPECT_FALSE(whole(plan, nullptr, body.substr(0, body.size() - 1)).ok);
}

}  // namespace
}  // namespace strait::mask::testing
