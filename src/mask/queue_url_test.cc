// SPDX-License-Identifier: Apache-2.0
// Queue URLs are not covered but rewritten, on the same paths and with the same care.
#include <gtest/gtest.h>

#include "mask/real_pack_testing.h"

namespace strait::mask::testing {
namespace {

constexpr const char* kHere = "https://gw.example:8443";

MaskRules rewriting() {
  MaskRules rules;
  rules.rewrite_queue_urls = true;
  return rules;
}

Masked rewritten(std::string_view service, std::string_view body, const std::string& here = kHere) {
  const auto plan = plan_of(service, "GetPlain", rewriting());
  ReplyFilter filter(plan, key(), nullptr, 200, here);
  Masked out;
  const auto changed = filter.whole(body, out.body);
  out.ok = changed.has_value();
  if (out.ok && !*changed) out.body = body;
  out.members = filter.masked();
  return out;
}

TEST(QueueUrls, OfJsonRepliesBeginWithOurAddress) {
  const auto out = rewritten(
      "json", R"({"Name":"https://sqs.eu-west-1.amazonaws.com/123456789012/jobs","Items":[]})");
  EXPECT_EQ(out.body, R"({"Name":"https://gw.example:8443/123456789012/jobs","Items":[]})");
  EXPECT_EQ(out.paths(), (std::vector<std::string>{"Name:queue-url"})) << "for the record";
}

TEST(QueueUrls, OfXmlRepliesBeginWithOurAddress) {
  const auto out = rewritten(
      "query",
      "<GetPlainResponse><GetPlainResult><Items><member><Name>http://127.0.0.1:5000/1/a</Name>"
      "</member><member><Name>https://sqs/1/b&amp;c</Name></member></Items></GetPlainResult>"
      "</GetPlainResponse>");
  EXPECT_EQ(
      out.body,
      "<GetPlainResponse><GetPlainResult><Items><member><Name>https://gw.example:8443/1/a</Name>"
      "</member><member><Name>https://gw.example:8443/1/b&amp;c</Name></member></Items>"
      "</GetPlainResult></GetPlainResponse>");
  EXPECT_EQ(out.members.size(), 1u);
}

TEST(QueueUrls, AreTheSameHoweverTheReplyIsCut) {
  const std::string body = R"({"Name":"https:\/\/sqs.eu-west-1.amazonaws.com\/1\/jobs"})";
  const auto plan = plan_of("json", "GetPlain", rewriting());
  for (std::size_t cut = 0; cut <= body.size(); ++cut) {
    ReplyFilter filter(plan, key(), nullptr, 200, kHere);
    std::string out;
    ASSERT_TRUE(filter.feed(std::string_view(body).substr(0, cut), out));
    ASSERT_TRUE(filter.feed(std::string_view(body).substr(cut), out));
    ASSERT_TRUE(filter.finish(out));
    EXPECT_EQ(out, R"({"Name":"https://gw.example:8443/1/jobs"})") << cut;
  }
}

TEST(QueueUrls, ThatAreNoUrlsStay) {
  for (const std::string text : {"jobs", "https://sqs", "", "a/b", "://"}) {
    const auto body = R"({"Name":")" + text + R"("})";
    EXPECT_EQ(rewritten("json", body).body, body);
  }
}

TEST(QueueUrls, StayWhereNobodyAskedForIt) {
  const std::string body = R"({"Name":"https://sqs.eu-west-1.amazonaws.com/1/jobs"})";
  const auto plan = plan_of("json", "GetPlain");
  EXPECT_TRUE(plan.covered_paths().empty());
  ReplyFilter filter(plan, key(), nullptr, 200, kHere);
  std::string out;
  EXPECT_FALSE(*filter.whole(body, out));
  EXPECT_EQ(rewritten("json", body, "").body, body) << "nor where we have no address";
}

// SQS's model speaks JSON alone and has forgotten what its members are called in XML.
TEST(QueueUrls, OfOldSqsClientsAreFoundUnderTheirOldNames) {
  const auto* vault = real_pack();
  if (vault == nullptr) GTEST_SKIP() << "no strait.pack beside the tests";
  const auto operation = *vault->catalog->service("sqs")->operation("ListQueues");
  const auto plan = MaskPlan::compile(operation, Protocol::kQuery, rewriting());
  ReplyFilter filter(plan, key(), nullptr, 200, kHere);
  std::string out;
  ASSERT_TRUE(
      *filter.whole("<ListQueuesResponse><ListQueuesResult><QueueUrl>https://sqs/1/a</QueueUrl>"
                    "<QueueUrl>https://sqs/1/b</QueueUrl></ListQueuesResult></ListQueuesResponse>",
                    out));
  EXPECT_EQ(out,
            "<ListQueuesResponse><ListQueuesResult><QueueUrl>https://gw.example:8443/1/a</QueueUrl>"
            "<QueueUrl>https://gw.example:8443/1/b</QueueUrl></ListQueuesResult>"
            "</ListQueuesResponse>");
}

}  // namespace
}  // namespace strait::mask::testing
