// SPDX-License-Identifier: Apache-2.0
#include "desk/digest.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "desk/canonical.h"
#include "policy/testing.h"

namespace strait::desk {
namespace {

// A shape written down: a structure whose members named *Token are idempotency tokens and *Secret
// sensitive, all the way.
struct FakeShape {
  struct Member {
    bool token = false;
    bool secret = false;
    FakeShape shape() const { return {}; }
    bool idempotency_token() const { return token; }
    bool sensitive() const { return secret; }
  };
  catalog::ShapeKind is = catalog::ShapeKind::kStructure;
  catalog::ShapeKind kind() const { return is; }
  std::optional<Member> member(std::string_view name) const {
    return Member{name.ends_with("Token"), name.ends_with("Secret")};
  }
  Member element() const { return {}; }
  Member value() const { return {}; }
};

std::string canonical(const codec::Value& value) {
  std::string out;
  append_canonical(out, value, std::optional(FakeShape{}));
  return out;
}

TEST(Digest, IdempotencyTokensDoNotCountAtAnyDepth) {
  const codec::Value a = codec::Object{
      {"ClientToken", "1"}, {"Name", "x"}, {"In", codec::Object{{"Token", "2"}, {"B", true}}}};
  const codec::Value b =
      codec::Object{{"Name", "x"}, {"In", codec::Object{{"B", true}, {"Token", "9"}}}};
  EXPECT_EQ(canonical(a), canonical(b));
  const codec::Value c = codec::Object{{"Name", "x"}, {"In", codec::Object{{"B", false}}}};
  EXPECT_NE(canonical(b), canonical(c));
}

TEST(Digest, EveryTypeAndBoundaryCounts) {
  const std::vector<codec::Value> values{codec::Value(),
                                         true,
                                         false,
                                         "",
                                         "1",
                                         codec::Number{"1"},
                                         codec::Blob{"1"},
                                         codec::Instant{1, 0},
                                         codec::Instant{0, 1},
                                         codec::List{},
                                         codec::Object{},
                                         codec::List{"ab"},
                                         codec::List{"a", "b"},
                                         codec::List{codec::List{"a"}, "b"},
                                         codec::Object{{"a", "b"}},
                                         codec::Object{{"a", "b"}, {"c", "d"}},
                                         codec::Object{{"ab", ""}},
                                         "s1:1"};
  std::set<std::string> seen;
  for (const auto& value : values)
    EXPECT_TRUE(seen.insert(canonical(value)).second) << canonical(value);
}

TEST(Digest, SensitiveMembersAreShownToNobody) {
  const codec::Value input =
      codec::Object{{"PlainSecret", codec::Object{{"Inner", "hunter2"}}}, {"Name", "x"}};
  const auto hide = [](const codec::Value& value, bool sensitive) {
    return sensitive ? codec::Value("(hidden)") : value;
  };
  const auto shown = shown_value(input, std::optional(FakeShape{}), false, hide);
  EXPECT_EQ(*shown.find("PlainSecret")->find("Inner")->string(), "(hidden)");
  EXPECT_EQ(*shown.find("Name")->string(), "x");
}

TEST(Digest, AnyChangeOfTheCallIsAnotherDigest) {
  auto call = policy::testing::call({policy::testing::need("s3:PutObject", "arn:aws:s3:::b/k")});
  call.input = codec::Object{{"Bucket", "b"}, {"Key", "k"}};
  const auto session = policy::testing::session();
  std::set<std::string> seen;
  const auto is_new = [&](const journey::Call& c, const journey::Session& s,
                          std::string_view hash) {
    return seen.insert(*call_digest(c, s, hash)).second;
  };
  EXPECT_TRUE(is_new(call, session, "h"));
  EXPECT_FALSE(is_new(call, session, "h"));
  EXPECT_TRUE(is_new(call, session, "i"));
  const auto changed = [&](auto change) {
    auto c = call;
    auto s = session;
    change(c, s);
    return is_new(c, s, "h");
  };
  EXPECT_TRUE(changed([](auto& c, auto&) { c.region = "us-east-1"; }));
  EXPECT_TRUE(changed([](auto& c, auto&) { c.account = "1"; }));
  EXPECT_TRUE(changed([](auto& c, auto&) { c.partition = "aws-cn"; }));
  EXPECT_TRUE(changed([](auto& c, auto&) { c.needs[0].resource += "x"; }));
  EXPECT_TRUE(changed([](auto& c, auto&) { (*c.input.object())[1].value = "l"; }));
  EXPECT_TRUE(changed([](auto& c, auto&) { (*c.input.object())[1].name = "K"; }));
  EXPECT_TRUE(changed([](auto& c, auto&) {
    c.stream = journey::Stream{"Body", 1, std::string(64, '0'), "", "", false};
  }));
  EXPECT_TRUE(changed([](auto&, auto& s) { s.role += "x"; }));
  EXPECT_TRUE(changed([](auto&, auto& s) { s.principal.subject += "x"; }));
  EXPECT_TRUE(changed([](auto&, auto& s) { s.principal.issuer += "x"; }));
  EXPECT_FALSE(changed([](auto& c, auto&) { c.invocation_id = "other", c.user_agent = "other"; }));
  EXPECT_FALSE(
      changed([](auto& c, auto&) { std::swap((*c.input.object())[0], (*c.input.object())[1]); }));
}

}  // namespace
}  // namespace strait::desk
