// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "codec/cbor.h"
#include "codec/cbor_number.h"

namespace strait::codec {
namespace {

void put_big_endian(std::string& out, std::uint64_t number, unsigned bytes) {
  for (unsigned i = bytes; i-- > 0;) out.push_back(static_cast<char>(number >> (8 * i)));
}

void put_head(std::string& out, unsigned major, std::uint64_t argument) {
  const auto first = [&](unsigned info) { out.push_back(static_cast<char>(major << 5 | info)); };
  if (argument < 24) return first(static_cast<unsigned>(argument));
  const unsigned log = argument <= 0xff         ? 0
                       : argument <= 0xffff     ? 1
                       : argument <= 0xffffffff ? 2
                                                : 3;
  first(24 + log);
  put_big_endian(out, argument, 1u << log);
}

void put_double(std::string& out, double number) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &number, sizeof bits);
  out.push_back('\xfb');
  put_big_endian(out, bits, 8);
}

// Each overload appends its kind of value, and is false when CBOR cannot hold it.
struct CborAppender {
  std::string& out;

  bool put(const Value& value) const { return value.visit(*this); }

  bool operator()(std::monostate) const { return out.push_back('\xf6'), true; }
  bool operator()(bool truth) const { return out.push_back(truth ? '\xf5' : '\xf4'), true; }
  bool operator()(const Number& number) const {
    const auto parsed = cbor_number(number.token);
    if (!parsed) return false;
    switch (parsed->kind) {
      case CborNumber::Kind::kUnsigned: put_head(out, 0, parsed->argument); break;
      case CborNumber::Kind::kNegative: put_head(out, 1, parsed->argument); break;
      case CborNumber::Kind::kDouble: put_double(out, parsed->number); break;
    }
    return true;
  }
  bool operator()(const std::string& text) const {
    put_head(out, 3, text.size());
    out.append(text);
    return true;
  }
  bool operator()(const Blob& blob) const {
    put_head(out, 2, blob.bytes.size());
    out.append(blob.bytes);
    return true;
  }
  bool operator()(const Instant& instant) const {
    put_head(out, 6, 1);
    if (instant.nanos == 0) {
      const bool is_negative = instant.seconds < 0;
      put_head(out, is_negative ? 1 : 0,
               static_cast<std::uint64_t>(is_negative ? -1 - instant.seconds : instant.seconds));
      return true;
    }
    const auto number = double_from_instant(instant);
    if (!number) return false;
    put_double(out, *number);
    return true;
  }
  bool operator()(const List& list) const {
    put_head(out, 4, list.size());
    for (const auto& value : list) {
      if (!put(value)) return false;
    }
    return true;
  }
  bool operator()(const Object& object) const {
    put_head(out, 5, object.size());
    for (const auto& member : object) {
      put_head(out, 3, member.name.size());
      out.append(member.name);
      if (!put(member.value)) return false;
    }
    return true;
  }
};

}  // namespace

Status write_cbor(std::string& out, const Value& value) {
  const auto size = out.size();
  if (CborAppender{out}.put(value)) return {};
  out.resize(size);
  return fail(ErrorCode::kInvalidInput, "a number or a time does not fit CBOR's 64 bits");
}

}  // namespace strait::codec
