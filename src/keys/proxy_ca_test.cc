// SPDX-License-Identifier: Apache-2.0
#include "keys/proxy_ca.h"

#include "keys/keys_testing.h"

namespace strait::keys::testing {
namespace {

const std::vector<std::string_view> kDomains = {"amazonaws.com", "api.aws"};

std::unique_ptr<ProxyCa> open(const Folder& folder, const async::Clock& clock) {
  auto files = *KeyFiles::open(folder.path / "state");
  auto ca = ProxyCa::open(files, kDomains, clock);
  EXPECT_TRUE(ca) << (ca ? "" : ca.error().message);
  return *std::move(ca);
}

TEST(ProxyCa, IsMadeOnceForAWSsDomainsAlone) {
  const Folder folder;
  const FakeClock clock;
  const auto first = open(folder, clock), second = open(folder, clock);
  EXPECT_EQ(first->certificate_pem(), second->certificate_pem());
  EXPECT_EQ(first->domains(), (std::vector<std::string>{"amazonaws.com", "api.aws"}));
  EXPECT_EQ(first->certificate_pem().find("PRIVATE KEY"), std::string::npos);
  struct stat is{};
  ASSERT_EQ(::stat((folder.path / "state/keys/proxy-ca").c_str(), &is), 0);
  EXPECT_EQ(is.st_mode & 0777, 0600u);
}

TEST(ProxyCa, ShowsNothingOutsideItsDomains) {
  const Folder folder;
  const FakeClock clock;
  const auto ca = open(folder, clock);
  EXPECT_TRUE(ca->leaf("s3.eu-west-1.amazonaws.com"));
  EXPECT_TRUE(ca->leaf("bucket.s3.dualstack.eu-west-1.amazonaws.com"));
  for (const auto* host : {"evil.example", "evilamazonaws.com", "amazonaws.com.evil.example",
                           "s3.amazonaws.com.cn", "com", ""}) {
    EXPECT_FALSE(ca->leaf(host)) << host;
  }
}

TEST(ProxyCa, KeepsALeafUntilItsLastDay) {
  const Folder folder;
  FakeClock clock;
  const auto ca = open(folder, clock);
  const auto first = *ca->leaf("s3.amazonaws.com");
  EXPECT_EQ(*ca->leaf("s3.amazonaws.com"), first);
  clock.advance(std::chrono::hours(5 * 24));
  EXPECT_EQ(*ca->leaf("s3.amazonaws.com"), first);
  clock.advance(std::chrono::hours(26));
  const auto next = *ca->leaf("s3.amazonaws.com");
  EXPECT_NE(next, first);
  EXPECT_EQ(*ca->leaf("s3.amazonaws.com"), next);
}

TEST(ProxyCa, ForgetsTheLeafThatWasNotAskedForLongest) {
  const Folder folder;
  const FakeClock clock;
  const auto ca = open(folder, clock);
  const auto often = *ca->leaf("often.s3.amazonaws.com"), once = *ca->leaf("once.s3.amazonaws.com");
  for (std::size_t other = 0; other + 2 <= ProxyCa::kLeavesMax; ++other) {
    ASSERT_TRUE(ca->leaf("b" + std::to_string(other) + ".s3.amazonaws.com"));
    ASSERT_EQ(*ca->leaf("often.s3.amazonaws.com"), often);
  }
  EXPECT_NE(*ca->leaf("once.s3.amazonaws.com"), once);
}

TEST(ProxyCa, ShowsNothingWhenItHasExpired) {
  const Folder folder;
  FakeClock clock;
  const auto ca = open(folder, clock);
  clock.advance(std::chrono::hours(24 * 3651));
  const auto leaf = ca->leaf("s3.amazonaws.com");
  ASSERT_FALSE(leaf);
  EXPECT_NE(leaf.error().message.find("expired"), std::string::npos);
}

TEST(ProxyCa, AFileThatOthersMayReadIsRefused) {
  const Folder folder;
  const FakeClock clock;
  open(folder, clock);
  ::chmod((folder.path / "state/keys/proxy-ca").c_str(), 0640);
  auto files = *KeyFiles::open(folder.path / "state");
  EXPECT_FALSE(ProxyCa::open(files, kDomains, clock));
}

TEST(ProxyCa, OneWithoutNameConstraintsIsRefused) {
  const Folder folder;
  const FakeClock clock;
  auto files = *KeyFiles::open(folder.path / "state");
  const auto wide = *crypto::make_self_signed({.common_name = "for the whole world",
                                               .not_before = clock.now(),
                                               .not_after = clock.now() + std::chrono::hours(1),
                                               .is_ca = true});
  folder.write("state/keys/proxy-ca", std::string(wide.key_pem.reveal()) + wide.certificate_pem);
  EXPECT_FALSE(ProxyCa::open(files, kDomains, clock));
  EXPECT_FALSE(ProxyCa::open(files, {}, clock));
}

}  // namespace
}  // namespace strait::keys::testing
