// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "codec/value.h"
#include "crypto/sha256.h"

// One entry of the record: a JSON object, UTF-8, at most limits::kLeafBytesMax bytes, hashed
// exactly as stored. Its fields by kind are written by ledger/leaf_body.h and checked by
// ledger/leaf_schema.h; docs/formats/log.md lists them. Pure functions and values.
namespace strait::ledger {

enum class Kind : std::uint8_t {
  kGenesis,
  kSessionOpen,
  kSessionClose,
  kIntent,
  kResult,
  kRefused,
  kOutcomeUnknown,
  kApprovalRequested,
  kApprovalDecided,
  kApprovalConsumed,
  kApprovalExpired,
  kPolicyChange,
  kAdmin,
};
inline constexpr int kKinds = 13;
std::string_view name(Kind kind);  // "INTENT"
std::optional<Kind> parse_kind(std::string_view name);

// A leaf's place in its session: numbers from 0 (SESSION_OPEN) without a gap, each with the leaf
// hash of the one before.
struct Link {
  std::string_view session;
  std::uint64_t seq = 0;
  crypto::Digest prev{};  // zeros for seq 0
};

// Renders times as base's rfc3339(), for years 0 to 9999, but without a formatter, and keeps the
// second's text: times come in order, and this is on the hot path.
class TimeText {
 public:
  std::string_view render(Timestamp time);  // valid until the next call

 private:
  std::chrono::sys_seconds second_ = std::chrono::sys_seconds::min();
  char text_[28] = {};
};

struct LeafHead {
  Kind kind;
  std::string_view time;  // from TimeText
  const Link* link;       // nullptr for leaves outside any session
};

// An upper bound for what write_leaf writes.
std::size_t leaf_bytes_bound(const LeafHead& head, std::string_view body);
// Writes head and body (an object from leaf_body.h) as one leaf to `out`, which has room for the
// bound; gives its length.
std::size_t write_leaf(char* out, const LeafHead& head, std::string_view body);

// A leaf that was read. Strict: a leaf that this version of Strait would not have written is
// refused (kMalformedRequest) with the field at fault.
struct Leaf {
  Kind kind = Kind::kGenesis;
  Timestamp time{};
  std::string session;  // "" outside any session
  std::uint64_t seq = 0;
  crypto::Digest prev{};
  codec::Value fields;  // the whole object

  // The field at `path`, members separated by dots: "target.service". "" and 0 when absent.
  std::string_view text(std::string_view path) const;
  std::uint64_t number(std::string_view path) const;
  const codec::Value* find(std::string_view path) const;
};
Result<Leaf> parse_leaf(std::string_view bytes);

}  // namespace strait::ledger
