// SPDX-License-Identifier: Apache-2.0
#include "identity/virtual_credential.h"

#include <gtest/gtest.h>

#include <set>

#include "identity/role_session_name.h"
#include "identity/session_cache.h"

namespace strait::identity {
namespace {

const Timestamp kNow = *parse_rfc3339("2026-11-23T01:02:03Z");
constexpr Entropy kEntropy = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

MasterSecret master(std::uint32_t epoch, char fill) {
  return {epoch, Secret(std::string(32, fill))};
}

template <class... Masters>
CredentialMinter minter(Masters... masters) {
  std::vector<MasterSecret> all;
  (all.push_back(std::move(masters)), ...);
  return *CredentialMinter::make(std::move(all));
}

journey::Session alice() {
  journey::Session out;
  out.id = SessionId::make(kNow, kEntropy);
  out.principal = {
      "https://idp.example", "alice", {{"groups", {"dev", "ops"}}, {"sub", {"alice"}}}};
  out.role = "arn:aws:iam::123456789012:role/developer";
  out.name = "alice";
  out.issued = kNow;
  out.expires = kNow + std::chrono::hours(1);
  return out;
}

TEST(VirtualCredential, OpensToTheSessionItWasMintedFor) {
  const auto minting = minter(master(7, 'm'));
  auto session = alice();
  const auto credential = minting.mint(session, kEntropy);
  ASSERT_TRUE(credential) << credential.error().message;
  EXPECT_TRUE(is_virtual_key_id(credential->access_key_id)) << credential->access_key_id;
  EXPECT_EQ(session.access_key_id, credential->access_key_id);
  EXPECT_EQ(credential->secret.reveal().size(), 43u);
  EXPECT_TRUE(credential->session_token.reveal().starts_with("STRT1.7."));

  const auto opened =
      minting.open(credential->access_key_id, credential->session_token.reveal(), kNow);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->id, session.id);
  EXPECT_EQ(opened->principal.issuer, "https://idp.example");
  EXPECT_EQ(opened->principal.subject, "alice");
  EXPECT_EQ(opened->principal.claims, session.principal.claims);
  EXPECT_EQ(opened->role, session.role);
  EXPECT_EQ(opened->name, session.name);
  EXPECT_EQ(opened->issued, session.issued);
  EXPECT_EQ(opened->expires, session.expires);
  EXPECT_EQ(opened->access_key_id, session.access_key_id);
  EXPECT_EQ(minting.secret_for(*opened, credential->session_token.reveal())->reveal(),
            credential->secret.reveal());
}

TEST(VirtualCredential, KeyIdsNeverLookLikeAwsOnesAndDiffer) {
  const auto minting = minter(master(1, 'm'));
  std::set<std::string> seen;
  for (std::uint8_t i = 0; i < 100; ++i) {
    auto session = alice();
    seen.insert(minting.mint(session, {i})->access_key_id);
  }
  EXPECT_EQ(seen.size(), 100u);
  for (const auto* text :
       {"AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", "STRT", "STRTaaaabbbbccccdddd",
        "STRTAAAABBBBCCCCDDD1", "STRTAAAABBBBCCCCDDDDE", ""})
    EXPECT_FALSE(is_virtual_key_id(text)) << text;
}

TEST(VirtualCredential, SaysWhenTheSessionHasEnded) {
  const auto minting = minter(master(1, 'm'));
  auto session = alice();
  const auto credential = *minting.mint(session, kEntropy);
  const auto open_at = [&](Timestamp now) {
    return minting.open(credential.access_key_id, credential.session_token.reveal(), now);
  };
  EXPECT_TRUE(open_at(session.expires - std::chrono::microseconds(1)));
  EXPECT_EQ(open_at(session.expires).error().code, ErrorCode::kExpiredToken);
}

TEST(VirtualCredential, OfOneKeyIdDoesNotOpenWithAnother) {
  const auto minting = minter(master(1, 'm'));
  auto a = alice();
  auto b = alice();
  const auto first = *minting.mint(a, kEntropy);
  const auto second = *minting.mint(b, {9});
  const auto mixed = minting.open(second.access_key_id, first.session_token.reveal(), kNow);
  EXPECT_EQ(mixed.error().code, ErrorCode::kUnknownSession);
  EXPECT_NE(first.secret.reveal(), second.secret.reveal());
}

TEST(VirtualCredential, WithAnyBitFlippedDoesNotOpen) {
  const auto minting = minter(master(1, 'm'), master(0, 'o'));
  auto session = alice();
  const auto credential = *minting.mint(session, kEntropy);
  std::string token(credential.session_token.reveal());
  for (std::size_t at = 0; at < token.size(); ++at) {
    for (const int mask : {1, 2, 4, 8, 16, 32, 64, 128}) {
      token[at] = static_cast<char>(token[at] ^ mask);
      EXPECT_FALSE(minting.open(credential.access_key_id, token, kNow)) << at;
      token[at] = static_cast<char>(token[at] ^ mask);
    }
  }
  auto id = credential.access_key_id;
  for (auto& c : id) {
    c = static_cast<char>(c ^ 1);
    EXPECT_FALSE(minting.open(id, token, kNow));
    c = static_cast<char>(c ^ 1);
  }
  EXPECT_TRUE(minting.open(id, token, kNow));
}

TEST(VirtualCredential, RotatesWithTwoLiveEpochs) {
  const auto before = minter(master(1, 'a'));
  const auto during = minter(master(2, 'b'), master(1, 'a'));
  const auto after = minter(master(3, 'c'), master(2, 'b'));
  auto session = alice();
  const auto old = *before.mint(session, kEntropy);
  const auto& token = old.session_token.reveal();
  const auto opened = during.open(old.access_key_id, token, kNow);
  ASSERT_TRUE(opened);
  EXPECT_EQ(during.secret_for(*opened, token)->reveal(), old.secret.reveal());
  EXPECT_EQ(after.open(old.access_key_id, token, kNow).error().code, ErrorCode::kUnknownSession);
  EXPECT_EQ(after.secret_for(*opened, token).error().code, ErrorCode::kUnknownSession);
  EXPECT_TRUE(during.mint(session, kEntropy)->session_token.reveal().starts_with("STRT1.2."));
  // The same epoch number under another master, as of another gateway.
  EXPECT_FALSE(minter(master(1, 'z')).open(old.access_key_id, token, kNow));
}

TEST(VirtualCredential, NeedsGoodMasters) {
  EXPECT_FALSE(CredentialMinter::make({}));
  std::vector<MasterSecret> weak;
  weak.push_back({1, Secret("short")});
  EXPECT_FALSE(CredentialMinter::make(std::move(weak)));
  std::vector<MasterSecret> twice;
  twice.push_back(master(1, 'a'));
  twice.push_back(master(1, 'b'));
  EXPECT_FALSE(CredentialMinter::make(std::move(twice)));
}

TEST(VirtualCredential, RefusesClaimsThatDoNotFitAHeader) {
  const auto minting = minter(master(1, 'm'));
  auto session = alice();
  session.principal.claims.push_back({"groups", std::vector<std::string>(1000, "a-group")});
  EXPECT_EQ(minting.mint(session, kEntropy).error().code, ErrorCode::kLimitExceeded);
}

TEST(SessionCache, AnswersAsTheMinterDoes) {
  const auto minting = minter(master(1, 'm'));
  SessionCache cache(&minting, 8);
  auto session = alice();
  const auto credential = *minting.mint(session, kEntropy);
  const auto& token = credential.session_token.reveal();
  const auto first = cache.open(credential.access_key_id, token, kNow);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ((*first)->secret.reveal(), credential.secret.reveal());
  EXPECT_EQ(*cache.open(credential.access_key_id, token, kNow), *first) << "the same object";

  EXPECT_EQ(cache.open("STRTAAAABBBBCCCCDDDD", token, kNow).error().code,
            ErrorCode::kUnknownSession);
  EXPECT_EQ(cache.open(credential.access_key_id, std::string(token) + "A", kNow).error().code,
            ErrorCode::kUnknownSession);
  EXPECT_EQ(cache.open(credential.access_key_id, token, session.expires).error().code,
            ErrorCode::kExpiredToken);
  EXPECT_TRUE(cache.open(credential.access_key_id, token, kNow));
}

TEST(SessionCache, StaysBoundedAndRight) {
  const auto minting = minter(master(1, 'm'));
  SessionCache cache(&minting, 8);
  for (int round = 0; round < 2; ++round) {
    for (std::uint8_t i = 0; i < 50; ++i) {
      auto session = alice();
      session.name = "agent-" + std::to_string(i);
      const auto credential = *minting.mint(session, {i});
      const auto opened =
          cache.open(credential.access_key_id, credential.session_token.reveal(), kNow);
      ASSERT_TRUE(opened);
      EXPECT_EQ((*opened)->session.name, session.name);
    }
  }
}

TEST(RoleSessionName, IsTheClientsWhenFitElseTheSubjects) {
  EXPECT_EQ(role_session_name("ci-run_7@x.y", "s"), "ci-run_7@x.y");
  EXPECT_EQ(role_session_name("", "alice@example.com"), "alice@example.com");
  EXPECT_EQ(role_session_name("a b", "alice"), "alice");
  const auto derived = role_session_name("", "repo:acme/app:ref:refs/heads/main");
  EXPECT_TRUE(derived.starts_with("repo-acme-app-ref-refs-heads-main-")) << derived;
  EXPECT_NE(derived, role_session_name("", "repo:acme/app:ref:refs-heads-main"));
  for (const auto& subject :
       {std::string(200, 'x'), std::string(1, 'x'), std::string(), std::string("\x00\xff", 2)}) {
    const auto name = role_session_name("", subject);
    EXPECT_TRUE(is_role_session_name(name)) << name;
  }
  for (const auto& bad :
       {std::string("a"), std::string(65, 'a'), std::string("a/b"), std::string("a\nb")})
    EXPECT_FALSE(is_role_session_name(bad));
}

}  // namespace
}  // namespace strait::identity
