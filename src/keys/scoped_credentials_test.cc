// SPDX-License-Identifier: Apache-2.0
#include "keys/scoped_credentials.h"

#include "codec/uri.h"
#include "keys/keys_testing.h"

namespace strait::keys::testing {
namespace {

using namespace std::chrono_literals;

class ScopedTest : public KeysTest {
 protected:
  ScopedTest() {
    environment_ = {{"AWS_ACCESS_KEY_ID", "AKID"}, {"AWS_SECRET_ACCESS_KEY", "s3cret"}};
    answers_["/"] = [this](const net::PlainRequest& request) {
      bodies_.push_back(request.body);
      if (!refusal_.empty() && (refused_times_ < 0 || refused_times_-- > 0)) {
        return net::PlainReply{
            .status = 400,
            .headers = {},
            .body = "<ErrorResponse><Error><Code>" + refusal_ + "</Code></Error></ErrorResponse>"};
      }
      return net::PlainReply{.status = 200, .headers = {}, .body = credentials()};
    };
  }
  std::string credentials() {
    return "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA" +
           std::to_string(bodies_.size()) +
           "</AccessKeyId><SecretAccessKey>x</SecretAccessKey><SessionToken>t</SessionToken>"
           "<Expiration>" +
           at(clock_, 1h) + "</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";
  }
  std::unique_ptr<ScopedCredentials> make(std::size_t max = 16) {
    CredentialSpec spec{.source = "environment",
                        .role_arn = "arn:aws:iam::123456789012:role/strait",
                        .sts_endpoint = url()};
    auto made = ScopedCredentials::make(spec, around_, max);
    EXPECT_TRUE(made);
    return *std::move(made);
  }
  static ScopedSpec wanting(std::vector<std::string> policies) {
    auto rungs = std::make_shared<std::vector<journey::SessionPolicy>>();
    for (auto& json : policies) {
      const auto mark = rungs->empty() ? journey::ScopeMark::kExact : journey::ScopeMark::kCoarse;
      rungs->push_back({mark, false, json, "hash of " + json});
    }
    ScopedSpec spec;
    spec.session_name = "agent@ses_1";
    spec.source_identity = "kim+web";
    spec.tags = {{"strait:session", "ses_1"}, {"strait:role", "dev/ops"}};
    spec.policies = std::move(rungs);
    spec.duration = 15min;
    return spec;
  }

  std::vector<std::string> bodies_;
  std::string refusal_;
  int refused_times_ = -1;
};

TEST_F(ScopedTest, StsIsToldWhoAndWhatFor) {
  const auto scoped = make();
  const auto got = run(scoped->source("ses_1", wanting({"{\"a\":1}"}))->get());
  ASSERT_TRUE(got) << got.error().detail;
  ASSERT_TRUE((*got)->scope);
  EXPECT_EQ((*got)->scope->json, "{\"a\":1}");
  ASSERT_EQ(bodies_.size(), 1U);
  for (const auto* part : {"RoleSessionName=agent%40ses_1", "SourceIdentity=kim%2Bweb",
                           "DurationSeconds=900", "Tags.member.1.Key=strait%3Asession",
                           "Tags.member.2.Value=dev%2Fops", "Policy=%7B%22a%22%3A1%7D"})
    EXPECT_NE(bodies_[0].find(part), std::string::npos) << bodies_[0];
}

TEST_F(ScopedTest, OneCredentialForASessionAndAPolicy) {
  const auto scoped = make();
  const auto first = scoped->source("ses_1", wanting({"{}"}));
  EXPECT_EQ(scoped->source("ses_1", wanting({"{}"})), first);
  EXPECT_NE(scoped->source("ses_2", wanting({"{}"})), first);
  EXPECT_NE(scoped->source("ses_1", wanting({"[]"})), first);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(run(first->get()));
  EXPECT_EQ(bodies_.size(), 1U);
  EXPECT_EQ(scoped->base().fetches(), 1U);
}

TEST_F(ScopedTest, TheOneUsedLongestAgoIsForgotten) {
  const auto scoped = make(3);
  const auto first = scoped->source("ses_1", wanting({"{}"}));
  scoped->source("ses_2", wanting({"{}"}));
  scoped->source("ses_3", wanting({"{}"}));
  EXPECT_EQ(scoped->source("ses_1", wanting({"{}"})), first);
  const auto fourth = scoped->source("ses_4", wanting({"{}"}));
  EXPECT_EQ(scoped->size(), 3U);
  EXPECT_EQ(scoped->source("ses_1", wanting({"{}"})), first) << "ses_2 went";
  EXPECT_EQ(scoped->source("ses_4", wanting({"{}"})), fourth);
}

TEST_F(ScopedTest, TooLargeWhenPackedGoesToTheNextPolicyAndSaysSo) {
  refusal_ = "PackedPolicyTooLarge";
  refused_times_ = 1;
  const auto scoped = make();
  const auto got = run(scoped->source("ses_1", wanting({"{\"a\":1}", "{\"b\":1}"}))->get());
  ASSERT_TRUE(got);
  EXPECT_EQ((*got)->scope->json, "{\"b\":1}");
  EXPECT_EQ((*got)->scope->mark_text(), "coarse");
  ASSERT_EQ(bodies_.size(), 2U);
}

TEST_F(ScopedTest, NoOtherRefusalIsAnsweredByAWiderPolicy) {
  for (const auto* code : {"AccessDenied", "MalformedPolicyDocument", "Throttling"}) {
    bodies_.clear();
    refusal_ = code;
    const auto scoped = make();
    const auto got = run(scoped->source("ses_1", wanting({"{\"a\":1}", "{\"b\":1}"}))->get());
    ASSERT_FALSE(got) << code;
    EXPECT_EQ(got.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(bodies_.size(), 1U) << code;
  }
}

TEST_F(ScopedTest, ARefusalSaysWhatTheTrustPolicyMustAllow) {
  refusal_ = "AccessDenied";
  const auto scoped = make();
  const auto source = scoped->source("ses_1", wanting({"{}"}));
  ASSERT_FALSE(run(source->get()));
  const auto why = source->last_failure();
  EXPECT_NE(why.find("sts:SetSourceIdentity, sts:TagSession"), std::string::npos) << why;
}

TEST_F(ScopedTest, TheRoleMustBeOne) {
  EXPECT_FALSE(ScopedCredentials::make({.role_arn = "strait"}, around_));
}

}  // namespace
}  // namespace strait::keys::testing
