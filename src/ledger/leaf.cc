// SPDX-License-Identifier: Apache-2.0
#include "ledger/leaf.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "base/limits.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "codec/value_path.h"
#include "ledger/leaf_schema.h"

namespace strait::ledger {
namespace {

constexpr std::array<std::string_view, kKinds> kNames = {
    "GENESIS",
    "SESSION_OPEN",
    "SESSION_CLOSE",
    "INTENT",
    "RESULT",
    "REFUSED",
    "OUTCOME_UNKNOWN",
    "APPROVAL_REQUESTED",
    "APPROVAL_DECIDED",
    "APPROVAL_CONSUMED",
    "APPROVAL_EXPIRED",
    "POLICY_CHANGE",
    "ADMIN",
};

// Everything in a head but kind, session and time: punctuation, names, a number of 20 digits and 64
// hex digits.
constexpr std::size_t kHeadBytesBound = 256;

struct Cursor {
  char* at;
  Cursor& operator<<(std::string_view text) {
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    at += text.size();
    return *this;
  }
  Cursor& operator<<(std::uint64_t number) {
    at = std::to_chars(at, at + 20, number).ptr;
    return *this;
  }
  Cursor& operator<<(const crypto::Digest& digest) {
    return *this << crypto::view(crypto::hex_digits(digest));
  }
};

void put_digits(char* at, int count, unsigned number) {
  for (int digit = count - 1; digit >= 0; --digit, number /= 10)
    at[digit] = static_cast<char>('0' + number % 10);
}

}  // namespace

std::string_view name(Kind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::optional<Kind> parse_kind(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Kind>(found - kNames.begin());
}

std::string_view TimeText::render(Timestamp time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  if (second != second_) {
    const auto day = std::chrono::floor<std::chrono::days>(second);
    const std::chrono::year_month_day date(day);
    const auto clock = (second - day).count();
    std::memcpy(text_, "0000-00-00T00:00:00.000000Z", sizeof(text_));
    put_digits(text_, 4, static_cast<unsigned>(static_cast<int>(date.year())));
    put_digits(text_ + 5, 2, static_cast<unsigned>(date.month()));
    put_digits(text_ + 8, 2, static_cast<unsigned>(date.day()));
    put_digits(text_ + 11, 2, static_cast<unsigned>(clock / 3600));
    put_digits(text_ + 14, 2, static_cast<unsigned>(clock / 60 % 60));
    put_digits(text_ + 17, 2, static_cast<unsigned>(clock % 60));
    second_ = second;
  }
  put_digits(text_ + 20, 6, static_cast<unsigned>((time - second).count()));
  return {text_, 27};
}

std::size_t leaf_bytes_bound(const LeafHead& head, std::string_view body) {
  return kHeadBytesBound + (head.link == nullptr ? 0 : head.link->session.size()) + body.size();
}

// Session ids and kinds need no JSON escapes.
std::size_t write_leaf(char* out, const LeafHead& head, std::string_view body) {
  Cursor cursor{out};
  cursor << R"({"v":1,"kind":")" << name(head.kind) << R"(","t":")" << head.time << "\"";
  if (head.link != nullptr) {
    cursor << R"(,"session":")" << head.link->session << R"(","seq":)" << head.link->seq
           << R"(,"prev":")" << head.link->prev << "\"";
  }
  if (body.size() > 2) cursor << ",";
  cursor << body.substr(1);
  return static_cast<std::size_t>(cursor.at - out);
}

const codec::Value* Leaf::find(std::string_view path) const {
  return codec::find_path(fields, path);
}

std::string_view Leaf::text(std::string_view path) const {
  const auto* value = find(path);
  if (value == nullptr || value->string() == nullptr) return {};
  return *value->string();
}

std::uint64_t Leaf::number(std::string_view path) const {
  const auto* value = find(path);
  std::uint64_t number = 0;
  if (value == nullptr || value->number() == nullptr) return 0;
  const auto& token = value->number()->token;
  std::from_chars(token.data(), token.data() + token.size(), number);
  return number;
}

Result<Leaf> parse_leaf(std::string_view bytes) {
  if (bytes.size() > limits::kLeafBytesMax) {
    return fail(ErrorCode::kMalformedRequest, "the leaf is longer than a leaf can be");
  }
  Leaf leaf;
  TRY(leaf.fields, codec::parse_json(bytes));
  TRY(leaf.kind, check_leaf_schema(leaf.fields));
  leaf.time = *parse_rfc3339(leaf.text("t"));
  leaf.session = leaf.text("session");
  leaf.seq = leaf.number("seq");
  if (const auto prev = codec::hex_decode(leaf.text("prev"));
      prev && prev->size() == leaf.prev.size()) {
    std::memcpy(leaf.prev.data(), prev->data(), prev->size());
  }
  return leaf;
}

}  // namespace strait::ledger
