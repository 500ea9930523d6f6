// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace strait {

// Ten random bytes for one id; made by crypto::random_bytes, handed in so that ids are testable.
using Entropy = std::array<std::uint8_t, 10>;

inline constexpr std::size_t kUuidDigits = 26;
using UuidText = std::array<char, kUuidDigits>;

// An identifier such as ses_06ECPT8ZQ7M2D3V5X9R0KJ4WNG: a prefix that says what it names, then the
// 128 bits of a UUIDv7 (RFC 9562, 5.7) in Crockford base32, 26 characters. Ids made later sort
// later, to the millisecond. Its text is all there is, in place: a call copies ids a dozen times.
template <class Tag>
class Id {
 public:
  Id() = default;
  static Id make(Timestamp now, const Entropy& entropy);
  static std::optional<Id> parse(std::string_view text);

  // Valid as long as this id. "" for one that was neither made nor parsed.
  std::string_view str() const {
    return empty() ? std::string_view() : std::string_view(text_.data(), text_.size());
  }
  bool empty() const { return text_[0] == '\0'; }
  auto operator<=>(const Id&) const = default;

 private:
  std::array<char, Tag::kPrefix.size() + kUuidDigits> text_{};
};

struct SessionTag {
  static constexpr std::string_view kPrefix = "ses_";
};
struct CallTag {
  static constexpr std::string_view kPrefix = "call_";
};
struct RequestTag {
  static constexpr std::string_view kPrefix = "req_";
};
struct GrantTag {
  static constexpr std::string_view kPrefix = "grt_";
};
using SessionId = Id<SessionTag>;
using CallId = Id<CallTag>;
using RequestId = Id<RequestTag>;  // a request for access, as in design: a call waiting for a human
using GrantId = Id<GrantTag>;

UuidText uuid7_base32(Timestamp now, const Entropy& entropy);
bool is_uuid7_base32(std::string_view text);

template <class Tag>
Id<Tag> Id<Tag>::make(Timestamp now, const Entropy& entropy) {
  Id id;
  std::ranges::copy(uuid7_base32(now, entropy),
                    std::ranges::copy(Tag::kPrefix, id.text_.begin()).out);
  return id;
}

template <class Tag>
std::optional<Id<Tag>> Id<Tag>::parse(std::string_view text) {
  if (!text.starts_with(Tag::kPrefix) || !is_uuid7_base32(text.substr(Tag::kPrefix.size())))
    return std::nullopt;
  Id id;
  std::ranges::copy(text, id.text_.begin());
  return id;
}

}  // namespace strait
