// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/limits.h"
#include "codec/cbor.h"
#include "codec/cbor_number.h"
#include "codec/unique_names.h"
#include "codec/utf8.h"

namespace strait::codec {
namespace {

enum Major : std::uint8_t { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kSimple };
constexpr std::uint8_t kIndefinite = 31;
constexpr std::uint64_t kReservedMax = 16;  // more only once the members have come
constexpr char kBreak = '\xff';

struct Head {
  Major major;
  std::uint8_t info;       // the low five bits
  std::uint64_t argument;  // 0 when info is kIndefinite
  bool is_indefinite() const { return info == kIndefinite; }
};

double half_to_double(std::uint64_t half) {  // RFC 8949, appendix D
  const auto exponent = static_cast<int>((half >> 10) & 0x1f);
  const auto mantissa = static_cast<double>(half & 0x3ff);
  double value = 0;
  if (exponent == 0) {
    value = std::ldexp(mantissa, -24);
  } else if (exponent != 31) {
    value = std::ldexp(mantissa + 1024, exponent - 25);
  } else {
    value = mantissa == 0 ? INFINITY : NAN;
  }
  return (half & 0x8000) != 0 ? -value : value;
}

double float_of(const Head& head) {
  if (head.info == 25) return half_to_double(head.argument);
  if (head.info == 26) {
    const auto bits = static_cast<std::uint32_t>(head.argument);
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return static_cast<double>(value);
  }
  double value = 0;
  std::memcpy(&value, &head.argument, sizeof value);
  return value;
}

bool is_float(const Head& head) {
  return head.major == kSimple && head.info >= 25 && head.info <= 27;
}

class CborReader {
 public:
  explicit CborReader(std::string_view bytes) : bytes_(bytes) {}

  Result<Value> read() {
    Value value;
    if (!read_value(value, 1)) return error();
    if (at_ == bytes_.size()) return value;
    refuse("something follows the value");
    return error();
  }

 private:
  bool refuse(const char* why, ErrorCode code = ErrorCode::kMalformedRequest) {
    why_ = why;
    code_ = code;
    return false;
  }

  std::unexpected<Error> error() const {
    return fail(code_, std::string("the CBOR data is refused at byte ") + std::to_string(at_) +
                           ": " + why_);
  }

  std::size_t left() const { return bytes_.size() - at_; }

  bool read_head(Head& head) {
    if (left() == 0) return refuse("the data ends early");
    const auto first = static_cast<unsigned char>(bytes_[at_]);
    head = {static_cast<Major>(first >> 5), static_cast<std::uint8_t>(first & 31),
            static_cast<std::uint64_t>(first & 31)};
    ++at_;
    if (head.info < 24) return true;
    if (head.info == kIndefinite) {
      head.argument = 0;
      const bool ok = head.major >= kBytes && head.major <= kMap;
      return ok || refuse("an indefinite length or a break where none can be");
    }
    if (head.info > 27) return refuse("a reserved length");
    const std::size_t size = std::size_t{1} << (head.info - 24);
    if (left() < size) return refuse("the data ends early");
    head.argument = 0;
    for (std::size_t i = 0; i < size; ++i) {
      head.argument = head.argument << 8 | static_cast<unsigned char>(bytes_[at_ + i]);
    }
    at_ += size;
    return true;
  }

  bool at_break() {
    if (left() == 0 || bytes_[at_] != kBreak) return false;
    ++at_;
    return true;
  }

  bool read_value(Value& out, std::size_t depth) {
    if (++nodes_ > limits::kValueNodesMax)
      return refuse("too many values", ErrorCode::kLimitExceeded);
    Head head;
    if (!read_head(head)) return false;
    switch (head.major) {
      case kUnsigned: out = Value(Number{std::to_string(head.argument)}); return true;
      case kNegative: out = Value(Number{negative_token(head.argument)}); return true;
      case kBytes: {
        Blob blob;
        if (!read_string(head, blob.bytes)) return false;
        out = Value(std::move(blob));
        return true;
      }
      case kText: {
        std::string text;
        if (!read_string(head, text)) return false;
        out = Value(std::move(text));
        return true;
      }
      case kArray: return read_array(head, out, depth);
      case kMap: return read_map(head, out, depth);
      case kTag: return read_tag(head, out);
      case kSimple: return read_simple(head, out);
    }
    return refuse("no such type");
  }

  // One definite string of the same type; several, up to a break, when the length is indefinite
  // (RFC 8949, 3.2.3).
  bool read_string(const Head& head, std::string& out) {
    if (!head.is_indefinite()) return read_piece(head, out);
    while (!at_break()) {
      Head piece;
      if (!read_head(piece)) return false;
      if (piece.major != head.major || piece.is_indefinite())
        return refuse("a piece of another type in a string");
      if (!read_piece(piece, out)) return false;
    }
    return true;
  }

  bool read_piece(const Head& head, std::string& out) {
    if (head.argument > left()) return refuse("the data ends early");
    const auto piece = bytes_.substr(at_, static_cast<std::size_t>(head.argument));
    if (head.major == kText && !valid_utf8(piece)) return refuse("text that is not UTF-8");
    out.append(piece);
    at_ += piece.size();
    return true;
  }

  // Whether another item follows, in a container with `done` items so far.
  bool has_more(const Head& head, std::uint64_t done) {
    return head.is_indefinite() ? !at_break() : done < head.argument;
  }

  bool read_array(const Head& head, Value& out, std::size_t depth) {
    if (depth > limits::kDepthMax) return refuse("nested too deeply", ErrorCode::kLimitExceeded);
    if (!head.is_indefinite() && head.argument > left()) return refuse("the data ends early");
    List list;
    list.reserve(static_cast<std::size_t>(std::min(head.argument, kReservedMax)));
    for (std::uint64_t done = 0; has_more(head, done); ++done) {
      if (!read_value(list.emplace_back(), depth + 1)) return false;
    }
    out = Value(std::move(list));
    return true;
  }

  bool read_map(const Head& head, Value& out, std::size_t depth) {
    if (depth > limits::kDepthMax) return refuse("nested too deeply", ErrorCode::kLimitExceeded);
    if (!head.is_indefinite() && head.argument > left() / 2) return refuse("the data ends early");
    Object object;
    object.reserve(static_cast<std::size_t>(std::min(head.argument, kReservedMax)));
    for (std::uint64_t done = 0; has_more(head, done); ++done) {
      Head key;
      if (!read_head(key)) return false;
      if (key.major != kText) return refuse("a key that is not text");
      auto& member = object.emplace_back();
      if (!read_string(key, member.name) || !read_value(member.value, depth + 1)) return false;
    }
    if (has_duplicate_name(object)) return refuse("a key occurs twice in one map");
    out = Value(std::move(object));
    return true;
  }

  bool read_tag(const Head& tag, Value& out) {
    if (tag.argument != 1) return refuse("a tag other than 1 (epoch time)");
    Head head;
    if (!read_head(head)) return false;
    std::optional<Instant> instant;
    if (head.major == kUnsigned || head.major == kNegative) {
      instant = instant_from_integer(head.major == kNegative, head.argument);
    } else if (is_float(head)) {
      instant = instant_from_double(float_of(head));
    }
    if (!instant) return refuse("an epoch time that is not a number of seconds in range");
    out = Value(*instant);
    return true;
  }

  bool read_simple(const Head& head, Value& out) {
    if (is_float(head)) {
      out = Value(Number{float_token(float_of(head))});
      return true;
    }
    switch (head.info) {
      case 20: out = Value(false); return true;
      case 21: out = Value(true); return true;
      case 22:                              // null
      case 23: out = Value(); return true;  // undefined: Smithy has decoders take it for null
      default: return refuse("a simple value without a meaning here");
    }
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::size_t nodes_ = 0;
  const char* why_ = "";
  ErrorCode code_ = ErrorCode::kMalformedRequest;
};

}  // namespace

Result<Value> parse_cbor(std::string_view bytes) { return CborReader(bytes).read(); }

}  // namespace strait::codec
