// SPDX-License-Identifier: Apache-2.0
#include "gateway/scoped_lane.h"

#include <gtest/gtest.h>

#include "policy/testing.h"

namespace strait::gateway {
namespace {

using policy::testing::document;
using policy::testing::kRole;
using policy::testing::need;

class StoppedClock final : public async::Clock {
 public:
  Timestamp now() const override { return Timestamp(Seconds(1'700'000'100)); }
};

class ScopedLaneTest : public testing::Test {
 protected:
  ScopedLaneTest() {
    const keys::Surroundings around{&loop_, &clock_, nullptr,
                                    [](const std::string&) { return std::nullopt; }};
    const keys::CredentialSpec spec{.source = "environment",
                                    .role_arn = "arn:aws:iam::123456789012:role/strait"};
    connection_->scoped = *keys::ScopedCredentials::make(spec, around);
    connection_->credentials =
        std::make_shared<keys::CredentialSource>(loop_, clock_, keys::environment_fetcher(around));
  }
  Role role(const std::string& allow) {
    Role role;
    role.connection = connection_;
    role.scope =
        *analysis::RoleScope::compile({kRole, {{"allow.json", document(allow)}}, {}}, nullptr);
    return role;
  }
  keys::CredentialSource* source(ScopedLane& lane, const Role& role,
                                 std::vector<journey::Need> needs, bool approved = false) {
    return lane.for_call(world_, role, session_, needs, approved).source.get();
  }

  async::Loop loop_;
  StoppedClock clock_;
  std::shared_ptr<Connection> connection_ = std::make_shared<Connection>();
  std::shared_ptr<const World> world_ = std::make_shared<const World>();
  journey::Session session_ = policy::testing::session();
};

constexpr auto kTwo =
    R"({"Effect":"Allow","Action":["s3:GetObject","sqs:SendMessage"],"Resource":"*"})";

TEST_F(ScopedLaneTest, OrdinaryCallsOfASessionShareTheRolesCredential) {
  ScopedLane lane(connection_);
  const auto mine = role(kTwo);
  const auto* first = source(lane, mine, {need("s3:GetObject", "arn:aws:s3:::b/1")});
  EXPECT_EQ(source(lane, mine, {need("sqs:SendMessage", "arn:aws:sqs:r:1:q")}), first);
  ScopedLane other_loop(connection_);
  EXPECT_EQ(source(other_loop, mine, {need("s3:GetObject", "arn:aws:s3:::b/2")}), first);
  session_.id = SessionId::make(clock_.now(), {9});
  EXPECT_NE(source(lane, mine, {need("s3:GetObject", "arn:aws:s3:::b/1")}), first);
}

TEST_F(ScopedLaneTest, ApprovedAndClassedCallsHaveTheirOwn) {
  ScopedLane lane(connection_);
  const auto mine = role(kTwo);
  const auto get = need("s3:GetObject", "arn:aws:s3:::b/1");
  auto classed = get;
  classed.classes = 1;
  const auto* ordinary = source(lane, mine, {get});
  const auto* approved = source(lane, mine, {get}, true);
  EXPECT_NE(approved, ordinary);
  EXPECT_EQ(source(lane, mine, {classed}), approved) << "the same policy";
  EXPECT_NE(source(lane, mine, {need("s3:GetObject", "arn:aws:s3:::b/2")}, true), approved);
}

TEST_F(ScopedLaneTest, ARoleThatSaysEverythingHasOneForAService) {
  ScopedLane lane(connection_);
  const auto mine = role(R"({"Effect":"Allow","Action":"*","Resource":"*"})");
  const auto* s3 = source(lane, mine, {need("s3:GetObject", "arn:aws:s3:::b/1")});
  EXPECT_EQ(source(lane, mine, {need("s3:PutObject", "arn:aws:s3:::b/2")}), s3);
  EXPECT_NE(source(lane, mine, {need("sqs:SendMessage", "arn:aws:sqs:r:1:q")}), s3);
}

TEST_F(ScopedLaneTest, OverThousandsOfCallsNothingGrowsWithoutEnd) {
  ScopedLane lane(connection_);
  const auto mine = role(kTwo);
  for (int i = 0; i < 6000; ++i)
    source(lane, mine, {need("s3:GetObject", "arn:aws:s3:::b/" + std::to_string(i))}, true);
  EXPECT_LE(connection_->scoped->size(), 4096U);
}

TEST_F(ScopedLaneTest, WithoutARoleToAssumeThereIsOneCredential) {
  connection_->scoped.reset();
  ScopedLane lane(connection_);
  const auto mine = role(kTwo);
  EXPECT_EQ(source(lane, mine, {need("s3:GetObject", "a")}, true), connection_->credentials.get());
}

TEST_F(ScopedLaneTest, NamesFitWhatStsTakes) {
  session_.name = std::string(64, 'n');
  session_.principal.subject = "auth0|kim & co\n" + std::string(300, 'x');
  session_.principal.issuer = "https://issuer.example/\xc3\xa4?a=b";
  const auto said = assume_as(session_, *connection_);
  EXPECT_EQ(said.session_name.size(), 64U);
  EXPECT_TRUE(said.session_name.ends_with("@" + std::string(session_.id.str())));
  EXPECT_LE(said.source_identity.size(), 64U);
  EXPECT_EQ(said.source_identity.find_first_of("|& \n"), std::string::npos);
  for (const auto& [key, value] : said.tags) {
    EXPECT_LE(value.size(), 256U) << key;
    EXPECT_EQ(value.find_first_of("|&?\n\xc3"), std::string::npos) << value;
  }
  connection_->source_identity = connection_->session_tags = false;
  const auto silent = assume_as(session_, *connection_);
  EXPECT_EQ(silent.source_identity, "");
  EXPECT_TRUE(silent.tags.empty());
}

}  // namespace
}  // namespace strait::gateway
