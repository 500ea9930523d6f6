// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/same_text.h"
#include "base/secret.h"
#include "base/time.h"

namespace strait {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + 1h + 2min + 3s +
                         4us};

TEST(Time, PrintsInTheThreeFormsAwsUses) {
  EXPECT_EQ(rfc3339(kNow), "2026-11-23T01:02:03.000004Z");
  EXPECT_EQ(amz_date(kNow), "20261123T010203Z");
  EXPECT_EQ(http_date(kNow), "Mon, 23 Nov 2026 01:02:03 GMT");
}

TEST(Time, ReadsBackWhatItPrints) {
  EXPECT_EQ(parse_rfc3339(rfc3339(kNow)), kNow);
  EXPECT_EQ(parse_amz_date(amz_date(kNow)), std::chrono::floor<Seconds>(kNow));
  EXPECT_EQ(parse_http_date(http_date(kNow)), std::chrono::floor<Seconds>(kNow));
  EXPECT_EQ(parse_rfc3339("2026-11-23T03:02:03.000004+02:00"), kNow);
}

TEST(Time, RefusesWhatIsNotADate) {
  for (const auto* text :
       {"", "20261123T010203", "20261323T010203Z", "20261123T250203Z", "2026-123T010203Z",
        "-0261123T010203Z", "20261123T0102 3Z", "20261123 010203Z", "20261123T010203z",
        "20260230T010203Z", "2026112:T010203Z"}) {
    EXPECT_EQ(parse_amz_date(text), std::nullopt) << text;
  }
  for (const auto* text :
       {"2026-11-23", "2026-11-23T01:02:03", "2026-11-23T01:02:03.Z", "2026-11-31T01:02:03Z"}) {
    EXPECT_EQ(parse_rfc3339(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_http_date("Tue, 23 Nov 2026 01:02:03 GMT"), std::nullopt) << "wrong weekday";
}

TEST(SameText, IsWhatEqualsSaysAtEveryLengthAndEveryByte) {
  for (std::size_t size = 0; size <= 80; ++size) {
    const std::string text(size, 'x');
    EXPECT_TRUE(same_text(text, std::string(size, 'x'))) << size;
    EXPECT_FALSE(same_text(text, std::string(size + 1, 'x'))) << size;
    for (std::size_t at = 0; at < size; ++at) {
      auto other = text;
      other[at] = 'y';
      EXPECT_FALSE(same_text(text, other)) << size << ' ' << at;
    }
  }
  EXPECT_TRUE(same_text({}, ""));
}

TEST(Ids, SortByTimeAndReadBack) {
  const auto earlier = SessionId::make(kNow, Entropy{0xff, 0xff, 0xff});
  const auto later = SessionId::make(kNow + 1ms, Entropy{});
  EXPECT_LT(earlier.str(), later.str());
  EXPECT_EQ(SessionId::parse(earlier.str()), earlier);
  EXPECT_EQ(CallId::parse(earlier.str()), std::nullopt) << "a session is not a call";
  EXPECT_EQ(SessionId::parse("ses_"), std::nullopt);
}

TEST(Ids, AreEmptyUntilTheyAreMade) {
  EXPECT_TRUE(CallId().empty());
  EXPECT_EQ(CallId().str(), "");
  const auto made = CallId::make(kNow, Entropy{});
  EXPECT_FALSE(made.empty());
  EXPECT_EQ(made.str().size(), 5u + 26u);
  EXPECT_NE(made, CallId());
}

TEST(Errors, QuoteForeignTextSoThatItCannotActInATerminalOrALog) {
  EXPECT_EQ(quoted(std::string_view("a\x1b[31m`\n")), "`a\\x1b[31m\\x60\\x0a`");
  EXPECT_EQ(quoted(std::string_view("abcdef"), 3), "`abc...`");
}

TEST(Secrets, LeaveNothingBehindWhenMoved) {
  Secret first("hunter2");
  Secret second = std::move(first);
  EXPECT_EQ(second.reveal(), "hunter2");
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): this is the point
}

Result<int> half(int n) {
  if (n % 2 != 0) return fail(ErrorCode::kInvalidInput, "odd");
  return n / 2;
}
Result<int> quarter(int n) {
  TRY(const int h, half(n));
  return half(h);
}
TEST(Results, TryPassesTheErrorUp) {
  EXPECT_EQ(quarter(8), 2);
  EXPECT_EQ(quarter(6).error().message, "odd");
}

}  // namespace
}  // namespace strait
