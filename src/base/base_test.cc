// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/result.h"
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

TEST(Ids, SortByTimeAndReadBack) {
  const auto earlier = SessionId::make(kNow, Entropy{0xff, 0xff, 0xff});
  const auto later = SessionId::make(kNow + 1ms, Entropy{});
  EXPECT_LT(earlier.str(), later.str());
  EXPECT_EQ(SessionId::parse(earlier.str()), earlier);
  EXPECT_EQ(CallId::parse(earlier.str()), std::nullopt) << "a session is not a call";
  EXPECT_EQ(SessionId::parse("ses_"), std::nullopt);
}

TEST(Ids, TextHoldsEveryBitOfTheUuid) {
  static constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const auto low_bits = [](std::string_view digits) {  // of the number that the digits say
    std::uint64_t number = 0;
    for (const char c : digits) number = number << 5 | kDigits.find(c);
    return number;
  };
  const auto millis = static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::milliseconds>(kNow).time_since_epoch().count());
  Entropy entropy{};
  for (std::size_t bit = 0; bit < 8 * entropy.size(); ++bit) {
    entropy.fill(0);
    entropy[bit / 8] = static_cast<std::uint8_t>(1 << bit % 8);
    const auto text = uuid7_base32(kNow, entropy);
    const std::string_view digits(text.data(), text.size());
    std::uint64_t low = 0;
    for (std::size_t at = 2; at < entropy.size(); ++at) low = low << 8 | entropy[at];
    low = (low & ~(std::uint64_t{3} << 62)) | std::uint64_t{2} << 62;
    const std::uint64_t high =
        millis << 16 | 0x7000u | static_cast<std::uint64_t>(entropy[0] & 15) << 8 | entropy[1];
    EXPECT_EQ(low_bits(digits), low) << digits;                      // 26 digits: the low 64 of 130
    EXPECT_EQ(low_bits(digits.substr(0, 13)), high >> 1) << digits;  // the first 65 bits
    EXPECT_EQ(low_bits(digits.substr(13, 1)) >> 4, high & 1) << digits;
  }
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

// Every length around the widths that are moved at once, with a byte apart at every place.
TEST(Bytes, AreCopiedComparedAndTestedWhole) {
  const auto odd = [](auto byte) { return byte == 0xfe; };
  for (std::size_t size = 0; size < 90; ++size) {
    std::string text;
    while (text.size() < size) text += static_cast<char>('0' + text.size());
    std::string to(size + 1, '#');
    EXPECT_EQ(copy(to.data(), text), to.data() + size);
    EXPECT_EQ(to, text + "#");
    std::string tested(size + 1, '#');
    EXPECT_FALSE(copy_and_test(tested.data(), text, odd));
    EXPECT_EQ(tested, to);
    EXPECT_TRUE(same(text, std::string(text)));
    EXPECT_FALSE(same(text, to));
    for (std::size_t at = 0; at < size; ++at) {
      auto other = text;
      other[at] = '\xfe';
      EXPECT_FALSE(same(text, other)) << size << " " << at;
      EXPECT_TRUE(copy_and_test(tested.data(), other, odd)) << size << " " << at;
      EXPECT_EQ(tested, other + "#");
    }
  }
}

}  // namespace
}  // namespace strait
