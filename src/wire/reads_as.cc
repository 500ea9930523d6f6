// SPDX-License-Identifier: Apache-2.0
#include "wire/reads_as.h"

#include <cstdint>

#include "catalog/member_search.h"
#include "codec/unique_names.h"
#include "wire/scalar.h"

namespace strait::wire {
namespace {

using catalog::Shape;
using catalog::ShapeKind;

// Far within limits::kDepthMax and limits::kNumberDigitsMax.
constexpr int kDeepest = 16;
constexpr std::size_t kDigits = 20;

// Every string in it is what stands between its quotes. Without an early end, and in bytes alone,
// so that it runs sixteen of them a step.
bool is_literal(std::string_view text) {
  std::uint8_t other = 0;
  for (const std::uint8_t byte : text) {
    other |= static_cast<std::uint8_t>(byte - ' ') > '~' - ' ';
    other |= byte == '\\';
  }
  return other == 0;
}

// Through a text that is_literal().
class ReadingAlong {
 public:
  explicit ReadingAlong(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }

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
    if (codec::has_duplicate_name(*members) || (shape.is_union() && members->size() != 1))
      return false;
    catalog::MemberSearch search(shape);
    return sequence('{', '}', *members, [&](const codec::Member& member) {
      std::string_view name;
      if (!name_of(name)) return false;
      const auto modelled = search.by_wire_name(name);
      return modelled && modelled->name() == member.name &&
             this->value(member.value, modelled->shape(), depth + 1);
    });
  }

  bool map(const codec::Value& value, const catalog::Member& content, int depth) {
    const auto* entries = value.object();
    if (entries == nullptr || depth == kDeepest || codec::has_duplicate_name(*entries))
      return false;
    const auto shape = content.shape();
    return sequence('{', '}', *entries, [&](const codec::Member& entry) {
      std::string_view name;
      return name_of(name) && name == entry.name && this->value(entry.value, shape, depth + 1);
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
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool word(std::string_view wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }
  // A number goes on while it can: 12 is not what 123, 12.5 or 12e3 say.
  bool integer(std::string_view token, Shape shape) {
    if (token.size() > kDigits || !is_integer_of(shape, token) || !word(token)) return false;
    return rest_.empty() || rest_.front() == ',' || rest_.front() == '}' || rest_.front() == ']';
  }
  bool text(std::string_view wanted) {
    std::string_view said;
    return quoted(said) && said == wanted;
  }
  bool name_of(std::string_view& name) { return quoted(name) && take(':'); }

  bool quoted(std::string_view& said) {
    if (!take('"')) return false;
    const auto end = rest_.find('"');
    if (end == std::string_view::npos) return false;
    said = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return true;
  }

  std::string_view rest_;
};

}  // namespace

bool reads_as(std::string_view text, const codec::Value& value, Shape shape) {
  ReadingAlong reading(text);
  return is_literal(text) && reading.value(value, shape, 0) && reading.done();
}

}  // namespace strait::wire
