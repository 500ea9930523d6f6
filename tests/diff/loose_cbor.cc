// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cmath>
#include <cstdio>

#include "diff/tree.h"

namespace strait::diff {
namespace {

constexpr int kDepthMax = 200;
constexpr std::uint8_t kBreak = 0xff;

std::string double_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

double half(std::uint64_t bits) {
  const auto exponent = static_cast<int>(bits >> 10 & 31);
  const auto mantissa = static_cast<double>(bits & 1023);
  const double size = exponent == 0    ? std::ldexp(mantissa, -24)
                      : exponent == 31 ? (mantissa == 0 ? INFINITY : NAN)
                                       : std::ldexp(mantissa + 1024, exponent - 25);
  return bits & 0x8000 ? -size : size;
}

class CborReader {
 public:
  explicit CborReader(std::string_view bytes) : rest_(bytes) {}

  bool value(Tree& out, int depth = 0) {
    if (rest_.empty() || depth > kDepthMax) return false;
    const auto first = take();
    const auto major = first >> 5, minor = first & 31;
    if (major == 7) return simple(minor, out);
    std::uint64_t argument = 0;
    const bool open = minor == 31;
    if (!open && !read_argument(minor, argument)) return false;
    switch (major) {
      case 0: out = {Tree::Kind::kNumber, std::to_string(argument), {}, {}}; return true;
      case 1: return negative(argument, out);
      case 2: out.kind = Tree::Kind::kBytes; return chunks(open, argument, out.text);
      case 3: out.kind = Tree::Kind::kText; return chunks(open, argument, out.text);
      case 4: return list(open, argument, out, depth);
      case 5: return map(open, argument, out, depth);
      default: return tagged(argument, out, depth);
    }
  }

 private:
  std::uint8_t take() {
    const auto byte = static_cast<std::uint8_t>(rest_[0]);
    rest_.remove_prefix(1);
    return byte;
  }

  bool read_argument(unsigned minor, std::uint64_t& out) {
    out = minor;
    if (minor < 24) return true;
    const auto width = std::size_t{1} << (minor - 24);
    if (minor > 27 || rest_.size() < width) return false;
    out = 0;
    for (std::size_t at = 0; at < width; ++at) out = out << 8 | take();
    return true;
  }

  static bool negative(std::uint64_t argument, Tree& out) {
    out.kind = Tree::Kind::kNumber;
    out.text = argument == ~0ull ? "-18446744073709551616" : "-" + std::to_string(argument + 1);
    return true;
  }

  bool chunks(bool open, std::uint64_t size, std::string& out) {
    if (!open) {
      if (rest_.size() < size) return false;
      out = rest_.substr(0, size);
      rest_.remove_prefix(size);
      return true;
    }
    while (!rest_.empty() && static_cast<std::uint8_t>(rest_[0]) != kBreak) {
      Tree chunk;
      if (!value(chunk, kDepthMax)) return false;
      out += chunk.text;
    }
    return take_break();
  }

  bool take_break() {
    if (rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool more(bool open, std::uint64_t& left) {
    if (open) return !rest_.empty() && static_cast<std::uint8_t>(rest_[0]) != kBreak;
    return left-- > 0;
  }

  bool list(bool open, std::uint64_t left, Tree& out, int depth) {
    out.kind = Tree::Kind::kList;
    while (more(open, left)) {
      if (!value(out.items.emplace_back(), depth + 1)) return false;
    }
    return !open || take_break();
  }

  bool map(bool open, std::uint64_t left, Tree& out, int depth) {
    out.kind = Tree::Kind::kMap;
    while (more(open, left)) {
      Tree key;
      if (!value(key, depth + 1)) return false;
      out.entries.emplace_back(std::move(key.text), Tree());
      if (!value(out.entries.back().second, depth + 1)) return false;
    }
    return !open || take_break();
  }

  bool tagged(std::uint64_t tag, Tree& out, int depth) {
    if (!value(out, depth + 1)) return false;
    if (tag == 1 && out.kind == Tree::Kind::kNumber) out.kind = Tree::Kind::kInstant;
    return true;
  }

  bool simple(unsigned minor, Tree& out) {
    if (minor == 20 || minor == 21) {
      out = {Tree::Kind::kBoolean, minor == 21 ? "true" : "false", {}, {}};
      return true;
    }
    if (minor == 22 || minor == 23) return true;
    std::uint64_t bits = 0;
    if (minor < 25 || !read_argument(minor, bits)) return false;
    out.kind = Tree::Kind::kNumber;
    out.text = double_text(minor == 25   ? half(bits)
                           : minor == 26 ? std::bit_cast<float>(static_cast<std::uint32_t>(bits))
                                         : std::bit_cast<double>(bits));
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<Tree> cbor_tree(std::string_view bytes) {
  Tree tree;
  if (!CborReader(bytes).value(tree)) return std::nullopt;
  return tree;
}

}  // namespace strait::diff
