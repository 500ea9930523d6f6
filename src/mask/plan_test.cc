// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "mask/mask_testing.h"

namespace strait::mask::testing {
namespace {

using ::testing::TestWithParam;

std::vector<std::string> paths(std::string_view service, std::string_view name,
                               const MaskRules& rules = {}) {
  auto out = plan_of(service, name, rules).covered_paths();
  std::ranges::sort(out);
  return out;
}

const std::vector<std::string> kSecretPaths = {
    "Binary",     "Born", "Box.Left", "Box.Right",    "Env{}", "Flag", "Inner.Secret",
    "Names{key}", "Pin",  "Renamed",  "Tags[].Value", "Token", "Value"};

TEST(MaskPlan, CoversTheSensitiveTraitInEveryProtocol) {
  for (const auto* service : {"json", "rest-json", "cbor"}) {
    auto expected = kSecretPaths;
    expected.insert(expected.begin() + 2, "Box.*");
    std::ranges::sort(expected);
    auto found = paths(service, "GetSecret");
    std::erase(found, "Box.*");
    std::erase(expected, "Box.*");
    if (std::string_view(service) != "rest-json") {
      std::erase(expected, "Token");
      std::erase(found, "Token");
    }
    EXPECT_EQ(found, expected) << service;
  }
}

TEST(MaskPlan, RecursionEnds) {
  const auto plan = plan_of("json", "ListSecrets");
  EXPECT_EQ(plan.covered_paths(), (std::vector<std::string>{"Children[].Password", "Password"}));
  EXPECT_TRUE(plan.covers_body());
}

TEST(MaskPlan, PlainOperationCoversNothing) {
  const auto plan = plan_of("json", "GetPlain", {.show = {}, .detect = kDetectNone});
  EXPECT_TRUE(plan.passes_untouched());
  EXPECT_FALSE(plan_of("json", "GetPlain").passes_untouched()) << "detectors are on by default";
  EXPECT_TRUE(plan_of("json", "GetPlain").detect() == kDetectDefault);
}

TEST(MaskPlan, RoleMayShowAnOperationOrAMember) {
  EXPECT_TRUE(paths("json", "GetSecret", {.show = {"json:GetSecret"}}).empty());
  EXPECT_EQ(paths("json", "GetSecret", {.show = {"json:ListSecrets"}}), paths("json", "GetSecret"));
  EXPECT_EQ(paths("json", "GetSecret", {.show = {"other:GetSecret"}}), paths("json", "GetSecret"));
  const auto some = paths(
      "json", "GetSecret",
      {.show = {"json:GetSecret/Box", "json:GetSecret/Tags[].Value", "json:GetSecret/Env{}"}});
  for (const auto& path : some) {
    EXPECT_FALSE(path.starts_with("Box") || path.starts_with("Tags") || path.starts_with("Env"))
        << path;
  }
  EXPECT_TRUE(std::ranges::find(some, "Value") != some.end());
}

TEST(MaskPlan, WholePayloadIsOneBlob) {
  const auto plan = plan_of("rest-json", "GetPayload");
  EXPECT_EQ(plan.form(), BodyForm::kBlob);
  EXPECT_TRUE(plan.covers_payload());
  EXPECT_FALSE(
      plan_of("rest-json", "GetPayload", {.show = {"rest-json:GetPayload"}}).covers_payload());
}

TEST(MaskPlan, StreamsOfBytesAreNeverSearched) {
  const auto plan = plan_of("rest-xml", "GetStream", {.show = {}, .detect = kDetectAll});
  EXPECT_EQ(plan.form(), BodyForm::kBlob);
  EXPECT_EQ(plan.detect(), kDetectNone);
  ReplyFilter filter(plan, key(), nullptr, 200);
  EXPECT_TRUE(filter.untouched());
}

TEST(MaskPlan, CacheGivesOnePlanForOneOperation) {
  MaskPlanCache cache(vault().catalog, {});
  const auto& first = cache.plan(operation("json", "GetSecret"), Protocol::kJson11);
  EXPECT_EQ(&first, &cache.plan(operation("json", "GetSecret"), Protocol::kJson11));
  EXPECT_NE(&first, &cache.plan(operation("json", "ListSecrets"), Protocol::kJson11));
}

}  // namespace
}  // namespace strait::mask::testing
