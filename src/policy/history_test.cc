// SPDX-License-Identifier: Apache-2.0
#include "policy/history.h"

#include "policy/context.h"
#include "policy/judge.h"
#include "policy/testing.h"

namespace strait::policy::testing {
namespace {

using journey::Effect;

class Known final : public History {
 public:
  explicit Known(std::uint64_t count) : count_(count) {}
  std::optional<std::uint64_t> done(const HistoryAsk& ask) const override {
    window = ask.window;
    return count_;
  }
  mutable std::optional<Seconds> window;

 private:
  std::uint64_t count_;
};

std::string conditioned(const std::string& effect, const std::string& condition) {
  return R"({"Effect":")" + effect + R"(","Action":"s3:*","Resource":"*","Condition":)" +
         condition + "}";
}
constexpr auto kAny = R"({"Effect":"Allow","Action":"s3:*","Resource":"*"},)";
constexpr auto kFew = R"({"NumericLessThan":{"strait:calls/1h/s3:Delete*":"20"}})";
constexpr auto kMany = R"({"NumericGreaterThanEquals":{"strait:calls/1h/s3:Delete*":"20"}})";

Effect judge(const PolicySet& set, const History* history,
             std::vector<journey::Need> needs = {need("s3:DeleteObject", "arn:aws:s3:::b/k")}) {
  return Judge::evaluate(set, kRole, call(std::move(needs)), session(), history).effect;
}

TEST(HistoryTest, ACountIsANumber) {
  const auto set = policies(conditioned("Allow", kFew));
  const Known few(19), many(20);
  EXPECT_EQ(judge(set, &few), Effect::kAllow);
  EXPECT_EQ(few.window, Seconds(3600));
  EXPECT_EQ(judge(set, &many), Effect::kDeny);
}

TEST(HistoryTest, UnknownNeverAllowsAndAlwaysDenies) {
  EXPECT_EQ(judge(policies(conditioned("Allow", kFew)), nullptr), Effect::kDeny);
  EXPECT_EQ(judge(policies(kAny + conditioned("Deny", kMany)), nullptr), Effect::kDeny);
  const Known none(0);
  EXPECT_EQ(judge(policies(kAny + conditioned("Deny", kMany)), &none), Effect::kAllow);
}

TEST(HistoryTest, SeenIsTrueAfterTheFirst) {
  const auto set = policies(
      conditioned("Allow", R"({"Bool":{"strait:seen/cloudformation:DescribeStacks":"true"}})"));
  const Known none(0), one(1);
  EXPECT_EQ(judge(set, &none), Effect::kDeny);
  EXPECT_EQ(judge(set, &one), Effect::kAllow);
  EXPECT_EQ(judge(set, nullptr), Effect::kDeny);
}

TEST(HistoryTest, EarlierNeedsOfTheSameCallCount) {
  const auto set = policies(conditioned("Allow", kFew));
  const Known almost(19);
  auto may = need("s3:DeleteObjectVersion", "arn:aws:s3:::b/k");
  may.deny_only = true;
  EXPECT_EQ(judge(set, &almost, {may, need("s3:DeleteObject", "arn:aws:s3:::b/k")}),
            Effect::kAllow);
  EXPECT_EQ(judge(set, &almost,
                  {need("s3:DeleteObject", "arn:aws:s3:::b/k"),
                   need("s3:DeleteObject", "arn:aws:s3:::b/l")}),
            Effect::kDeny);
}

TEST(HistoryTest, OnlyRolesThatAskAreMarked) {
  EXPECT_TRUE(policies(conditioned("Allow", kFew)).asks_history(kRole));
  EXPECT_TRUE(policies(kAny + conditioned("Deny", kMany)).asks_history(kRole));
  EXPECT_TRUE(
      policies(conditioned("Allow", R"({"StringEquals":{"s3:prefix":"${strait:calls/s3:Get*}"}})"))
          .asks_history(kRole));
  EXPECT_FALSE(policies(conditioned("Allow", R"({"StringEquals":{"strait:claim/team":"web"}})"))
                   .asks_history(kRole));
}

TEST(HistoryTest, KeysThatMeanNothingAreRefused) {
  for (const auto* key :
       {"strait:calls/s3", "strait:calls/0s/s3:Get", "strait:calls/13h/s3:Get",
        "strait:calls/1d/s3:Get", "strait:calls/-1h/s3:Get", "strait:seen/1h/s3:Get",
        "strait:calls/1h/", "strait:calls/", "strait:calls"})
    EXPECT_FALSE(classify_key(key)) << key;
  for (const auto* key : {"strait:calls/s3:Get*", "strait:calls/12h/*", "strait:seen/s3:GetObject",
                          "Strait:Calls/90s/S3:GetObject"})
    EXPECT_TRUE(classify_key(key)) << key;
}

}  // namespace
}  // namespace strait::policy::testing
