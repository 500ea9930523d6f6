// SPDX-License-Identifier: Apache-2.0
#include "wire/queue_url.h"

#include <gtest/gtest.h>

#include "wire/ask_test.h"

namespace strait::wire {
namespace {

class QueueUrl : public testing::Test {
 protected:
  void SetUp() override { STRAIT_NEEDS_PACK(); }
};

constexpr const char* kHere = "http://127.0.0.1:4180";  // Ask's own host
constexpr const char* kAws = "https://sqs.us-east-1.amazonaws.com";

Ask send_to(const std::string& url) {
  return Ask("POST", "/")
      .signed_for("sqs")
      .target("AmazonSQS.SendMessage")
      .body(R"({"QueueUrl":")" + url + R"(","MessageBody":"hi"})");
}

// The QueueUrl that everything after the parser sees, or the code of the refusal.
std::string url_of(const Ask& ask) {
  const auto call = ask.read();
  if (!call) return std::string(name(call.error().code));
  return *call->input.find("QueueUrl")->string();
}

TEST_F(QueueUrl, WithOurHostBecomesAWSsBeforeAnythingIsJudged) {
  const auto ask = send_to(std::string(kHere) + "/123456789012/jobs");
  EXPECT_EQ(url_of(ask), std::string(kAws) + "/123456789012/jobs");
  EXPECT_EQ(needs_text(ask), "sqs:SendMessage arn:aws:sqs:us-east-1:123456789012:jobs\n");
  const auto call = ask.read();
  const auto request = Serializer::serialize(*call);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->body.find("4180"), std::string::npos) << "AWS never hears of us";
  EXPECT_TRUE(check_round_trip(*call, *request));
}

TEST_F(QueueUrl, InAFormIsTreatedAlike) {
  const std::string form =
      "Action=SendMessage&Version=2012-11-05&MessageBody=hi&QueueUrl=http%3A%2F%2F127.0.0.1%3A4180"
      "%2F123456789012%2Fjobs";
  EXPECT_EQ(url_of(query("sqs", form)), std::string(kAws) + "/123456789012/jobs");
  EXPECT_EQ(url_of(Ask("POST", "/123456789012/jobs").signed_for("sqs").form(form)),
            std::string(kAws) + "/123456789012/jobs");
}

TEST_F(QueueUrl, OfAWSStaysAsItIs) {
  EXPECT_EQ(url_of(send_to(std::string(kAws) + "/123456789012/jobs")),
            std::string(kAws) + "/123456789012/jobs");
  EXPECT_EQ(url_of(send_to("https://sqs.us-east-1.amazonaws.com/123456789012/jobs")
                       .to("sqs.us-east-1.amazonaws.com")),
            std::string(kAws) + "/123456789012/jobs")
      << "through the forward proxy, where the host is AWS's own";
}

TEST_F(QueueUrl, WithOurHostMustNameAQueueAndNothingElse) {
  for (const std::string path :
       {"/jobs", "/123456789012/jobs/more", "/12345/jobs", "/123456789012/", "/123456789012/a%2Fb",
        "/123456789012/../jobs", "/123456789012/jobs?x=1", "/123456789012/jobs#x", "//jobs"}) {
    EXPECT_EQ(url_of(send_to(kHere + path)), "invalid_input") << path;
  }
}

TEST_F(QueueUrl, ThatThePathContradictsIsRefused) {
  const auto ask = [](std::string path, const std::string& url) {
    return Ask("POST", std::move(path))
        .signed_for("sqs")
        .form("Action=SendMessage&Version=2012-11-05&MessageBody=hi&QueueUrl=" + url);
  };
  const std::string url = "https%3A%2F%2Fsqs.us-east-1.amazonaws.com%2F123456789012%2Fjobs";
  EXPECT_EQ(outcome_of(ask("/123456789012/jobs", url)), "ok");
  EXPECT_EQ(outcome_of(ask("/", url)), "ok");
  EXPECT_EQ(outcome_of(ask("/123456789012/other", url)), "ambiguous_request");
  EXPECT_EQ(outcome_of(ask("/123456789012/jobs/", url)), "ambiguous_request");
  EXPECT_EQ(outcome_of(ask("/123456789012/jobs", "jobs")), "ambiguous_request");
  EXPECT_EQ(outcome_of(Ask("POST", "/123456789012/jobs")
                           .signed_for("sqs")
                           .form("Action=ListQueues&Version=2012-11-05")),
            "ambiguous_request");
}

}  // namespace
}  // namespace strait::wire
