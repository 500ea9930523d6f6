// SPDX-License-Identifier: Apache-2.0
#include "wire/reads_as.h"

#include <cstdint>

#include "base/bytes.h"
#include "catalog/member_search.h"
#include "codec/text_scan.h"
#include "codec/unique_names.h"
#include "wire/scalar.h"

namespace strait::wire {
namespace {

using catalog::Shape;
using catalog::ShapeKind;

// Far within limits::kDepthMax and limits::kNumberDigitsMax.
constexpr int kDeepest = 16;
constexpr std::size_t kDigits = 20;

// Through a text without escapes. A string is looked for as what it should be, so one that has a
// quote in it is taken for what the text says otherwise: then more quotes stand in the text than
// around strings.
class ReadingAlong {
 public:
  explicit ReadingAlong(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

  // Whether the text ends here, and each of its `quotes` begins or ends a string.
  bool done(std::size_t quotes) const { return at_ == end_ && quotes == 2 * strings_; }

  bool value(const codec::Value& value, Shape shape, int depth) {
    switch (shape.kind()) {
      case ShapeKind::kStructure: return structure(value, shape, depth);
      case ShapeKind::kList: return list(value, shape.element(), depth);
      case ShapeKind::kMap: return map(value, shape.value(), depth);
      case ShapeKind::kString: return value.string() != nullptr && text(*value.string());
      case ShapeKind::kBoolean:
        return value.boolean() != nullptr && word(*value.boolean() ? "true" : "false");
      case ShapeKind::kInteger:
        return value.number() != nullptr && integer(value.number()->token, shape);
      case ShapeKind::kFloat:
      case ShapeKind::kBlob:
      case ShapeKind::kTimestamp:
      case ShapeKind::kDocument: return false;  // written in more ways than one
    }
    return false;
  }

 private:
  bool structure(const codec::Value& value, Shape shape, int depth) {
    const auto* members = value.object();
    if (members == nullptr || depth == kDeepest || shape.event_stream()) return false;
    if (shape.is_union() && members->size() != 1) return false;
    catalog::MemberSearch search(shape);
    std::uint64_t seen = 0;  // a bit of each member: where none comes twice, no name does
    bool twice = false;
    const bool read = sequence('{', '}', *members, [&](const codec::Member& member) {
      const auto modelled = read_as(member.name, search);
      if (!modelled) return false;
      const auto mark = std::uint64_t{1} << (modelled->index() & 63);
      twice = twice || (seen & mark) != 0;
      seen |= mark;
      return text(modelled->wire_name()) && take(':') &&
             this->value(member.value, modelled->shape(), depth + 1);
    });
    return read && !(twice && codec::has_duplicate_name(*members));
  }

  // The member of that model name, if its wire name is read as this one.
  static std::optional<catalog::Member> read_as(std::string_view name,
                                                catalog::MemberSearch& search) {
    const auto same = search.by_wire_name(name);
    if (same && !same->has_location_name()) return same;  // the two names of most are one
    const auto meant = search.by_name(name);
    if (!meant) return std::nullopt;
    const auto read = search.by_wire_name(meant->wire_name());
    return read && read->index() == meant->index() ? read : std::nullopt;
  }

  bool map(const codec::Value& value, const catalog::Member& content, int depth) {
    const auto* entries = value.object();
    if (entries == nullptr || depth == kDeepest || codec::has_duplicate_name(*entries))
      return false;
    const auto shape = content.shape();
    return sequence('{', '}', *entries, [&](const codec::Member& entry) {
      return text(entry.name) && take(':') && this->value(entry.value, shape, depth + 1);
    });
  }

  bool list(const codec::Value& value, const catalog::Member& content, int depth) {
    const auto* elements = value.list();
    if (elements == nullptr || depth == kDeepest) return false;
    const auto shape = content.shape();
    return sequence('[', ']', *elements, [&](const codec::Value& element) {
      return this->value(element, shape, depth + 1);
    });
  }

  template <class Parts, class Part>
  bool sequence(char open, char close, const Parts& parts, Part part) {
    if (!take(open)) return false;
    bool first = true;
    for (const auto& one : parts) {
      if (!first && !take(',')) return false;
      first = false;
      if (!part(one)) return false;
    }
    return take(close);
  }

  bool take(char wanted) {
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }
  bool word(std::string_view wanted) {
    if (static_cast<std::size_t>(end_ - at_) < wanted.size() || !same({at_, wanted.size()}, wanted))
      return false;
    at_ += wanted.size();
    return true;
  }
  // A number goes on while it can: 12 is not what 123, 12.5 or 12e3 say.
  bool integer(std::string_view token, Shape shape) {
    if (token.size() > kDigits || !is_integer_of(shape, token) || !word(token)) return false;
    return at_ == end_ || *at_ == ',' || *at_ == '}' || *at_ == ']';
  }
  bool text(std::string_view wanted) {
    const auto size = wanted.size();
    if (static_cast<std::size_t>(end_ - at_) < size + 2 || at_[0] != '"' || at_[size + 1] != '"' ||
        !same({at_ + 1, size}, wanted))
      return false;
    at_ += size + 2;
    ++strings_;
    return true;
  }

  const char* at_;
  const char* end_;
  std::size_t strings_ = 0;
};

}  // namespace

bool reads_as(std::string_view text, const codec::Value& value, Shape shape) {
  const auto quotes = codec::quotes_of_literal(text);
  ReadingAlong reading(text);
  return quotes && reading.value(value, shape, 0) && reading.done(*quotes);
}

}  // namespace strait::wire
