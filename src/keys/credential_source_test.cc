// SPDX-License-Identifier: Apache-2.0
#include "keys/credential_source.h"

#include "keys/keys_testing.h"

namespace strait::keys::testing {
namespace {

using namespace std::chrono_literals;

class ScriptedFetcher final : public CredentialFetcher {
 public:
  explicit ScriptedFetcher(std::function<Result<AwsCredentialsPtr>()> next)
      : next_(std::move(next)) {}
  async::Task<Result<AwsCredentialsPtr>> fetch() override { co_return next_(); }
  std::string describe() const override { return "the script"; }

 private:
  std::function<Result<AwsCredentialsPtr>()> next_;
};

class CredentialSourceTest : public KeysTest {
 protected:
  CredentialSourceTest()
      : source_(loop_, clock_, std::make_unique<ScriptedFetcher>([this] { return next(); })),
        lease_(source_) {}

  Result<AwsCredentialsPtr> next() {
    ++fetched_;
    if (down_) return fail(ErrorCode::kUnavailable, "the script is down");
    auto made = std::make_shared<sigv4::AwsCredentials>();
    made->access_key_id = "AKID" + std::to_string(fetched_);
    made->expires = clock_.now() + lifetime_;
    return made;
  }

  std::string id() {
    const auto got = run(source_.get());
    return got ? (*got)->access_key_id : "refused: " + got.error().message;
  }
  // Lets background work run.
  void settle() {
    loop_.restart();
    loop_.poll();
  }

  int fetched_ = 0;
  bool down_ = false;
  std::chrono::seconds lifetime_ = 1h;
  CredentialSource source_;
  CredentialLease lease_;
};

TEST_F(CredentialSourceTest, FetchesOnceAndKeeps) {
  EXPECT_EQ(lease_.usable(clock_.now()), nullptr);
  for (int call = 0; call < 5; ++call) EXPECT_EQ(id(), "AKID1");
  const auto* held = lease_.usable(clock_.now());
  ASSERT_NE(held, nullptr);
  EXPECT_EQ((*held)->access_key_id, "AKID1");
  EXPECT_EQ(fetched_, 1);
}

TEST_F(CredentialSourceTest, ManyWaitersShareOneFetch) {
  int done = 0;
  for (int waiter = 0; waiter < 100; ++waiter) {
    boost::asio::co_spawn(
        loop_,
        [](CredentialSource& source, int& count) -> async::Task<void> {
          if (co_await source.get()) ++count;
        }(source_, done),
        boost::asio::detached);
  }
  loop_.restart();
  while (done < 100 && loop_.run_one() > 0) {
  }
  EXPECT_EQ(done, 100);
  EXPECT_EQ(fetched_, 1);
}

TEST_F(CredentialSourceTest, RenewsInTheBackgroundBeforeExpiry) {
  EXPECT_EQ(id(), "AKID1");
  clock_.advance(51min);
  const auto* held = lease_.usable(clock_.now());
  ASSERT_NE(held, nullptr);
  EXPECT_EQ((*held)->access_key_id, "AKID1") << "nobody waits for the renewal";
  settle();
  EXPECT_EQ((*lease_.usable(clock_.now()))->access_key_id, "AKID2");
  EXPECT_EQ(source_.generation(), 2u);
}

TEST_F(CredentialSourceTest, ServesWhileTheSourceIsDownUntilAMinuteBeforeExpiryThenRefuses) {
  EXPECT_EQ(id(), "AKID1");
  down_ = true;
  clock_.advance(58min + 50s);
  EXPECT_EQ(id(), "AKID1");
  settle();
  EXPECT_NE(source_.last_failure(), "");
  clock_.advance(20s);
  EXPECT_EQ(lease_.usable(clock_.now()), nullptr);
  EXPECT_TRUE(id().starts_with("refused: "));
  down_ = false;
  clock_.advance(6s);
  EXPECT_TRUE(id().starts_with("AKID"));
  EXPECT_EQ(source_.last_failure(), "");
}

TEST_F(CredentialSourceTest, ABrokenSourceIsAskedNowAndThen) {
  down_ = true;
  for (int call = 0; call < 50; ++call) EXPECT_TRUE(id().starts_with("refused: "));
  EXPECT_EQ(fetched_, 1);
  clock_.advance(6s);
  EXPECT_TRUE(id().starts_with("refused: "));
  EXPECT_EQ(fetched_, 2);
}

TEST_F(CredentialSourceTest, CredentialsThatAreAlwaysDueAreNotFetchedForEveryCall) {
  lifetime_ = 5min;
  for (int call = 0; call < 50; ++call) {
    EXPECT_EQ(id(), "AKID1");
    settle();
  }
  EXPECT_EQ(fetched_, 1);
}

TEST_F(CredentialSourceTest, ExpiredOnArrivalIsRefused) {
  lifetime_ = 30s;
  EXPECT_TRUE(id().starts_with("refused: "));
}

TEST_F(CredentialSourceTest, SourceMayGoAwayDuringAFetch) {
  auto short_lived = std::make_unique<CredentialSource>(
      loop_, clock_, std::make_unique<ScriptedFetcher>([this] { return next(); }));
  boost::asio::co_spawn(
      loop_,
      [](CredentialSource& source) -> async::Task<void> {
        (void)co_await source.get();
      }(*short_lived),
      boost::asio::detached);
  loop_.restart();
  while (short_lived->fetches() == 0) ASSERT_EQ(loop_.run_one(), 1u) << "nobody asked";
  short_lived.reset();
  settle();
}

}  // namespace
}  // namespace strait::keys::testing
