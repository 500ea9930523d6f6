// SPDX-License-Identifier: Apache-2.0
#include "diff/rest_input.h"

#include <algorithm>

#include "diff/shaping.h"

namespace strait::diff {
namespace {

using catalog::Location;
using catalog::Member;
using catalog::Protocol;
using catalog::ShapeKind;
using codec::Value;

// Elements between commas; quotes keep theirs. An HTTP date has a comma of its own.
std::vector<std::string> elements_of(std::string_view text, bool dates) {
  std::vector<std::string> out(1);
  bool quoted = false, date = dates;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted && c == '\\' && at + 1 < text.size()) {
      out.back() += text[++at];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted && !date) {
      out.emplace_back();
      date = dates;
    } else if (c != ' ' || !out.back().empty()) {
      if (c == ',' && !quoted) date = false;
      out.back() += c;
    }
  }
  return out;
}

class RestInput {
 public:
  RestInput(const Route& route, const Sent& sent, const Pairs& query, const Personality& who)
      : route_(route), sent_(sent), query_(query), who_(who) {}

  Value read() const {
    const auto shape = route_.operation.input();
    if (!shape) return Value(codec::Object());
    auto input = body(*shape);
    for (std::uint32_t at = 0; at < shape->member_count(); ++at) {
      const auto member = shape->member(at);
      auto value = bound(member, *shape);
      if (!value.is_null()) input.emplace_back(std::string(member.name()), std::move(value));
    }
    return Value(std::move(input));
  }

 private:
  Value bound(const Member& member, catalog::Shape input) const {
    switch (member.location()) {
      case Location::kUri: return label(member);
      case Location::kQueryString: return query(member, input);
      case Location::kHeader: return header(member);
      case Location::kHeaders: return prefixed(member, input);
      default: return Value();
    }
  }

  Value label(const Member& member) const {
    for (const auto& [name, raw] : route_.labels) {
      if (name != member.wire_name()) continue;
      auto text = percent_decoded(raw, false);
      if (who_.decodes_twice && route_.operation.service().name() != "s3")
        text = percent_decoded(text, false);
      return from_text(text, member.shape());
    }
    return Value();
  }

  Value query(const Member& member, catalog::Shape input) const {
    const auto shape = member.shape();
    if (shape.kind() == ShapeKind::kMap) return query_map(shape, input);
    codec::List values;
    const bool list = shape.kind() == ShapeKind::kList;
    for (const auto& [name, text] : query_) {
      if (name == member.wire_name())
        values.push_back(from_text(text, list ? shape.element().shape() : shape));
    }
    if (values.empty()) return Value();
    if (list) return Value(std::move(values));
    return who_.parameters == Keep::kFirst ? values.front() : values.back();
  }

  Value query_map(catalog::Shape shape, catalog::Shape input) const {
    codec::Object entries;
    for (const auto& [name, text] : query_) {
      if (name == "x-id" || is_key(input, name) || route_.operation.uri().contains(name)) continue;
      auto seen = std::ranges::find(entries, name, &codec::Member::name);
      if (shape.value().shape().kind() == ShapeKind::kList) {
        if (seen == entries.end()) seen = entries.insert(seen, {name, Value(codec::List())});
        seen->value.list()->push_back(Value(text));
      } else if (seen == entries.end()) {
        entries.emplace_back(name, Value(text));
      } else if (who_.parameters == Keep::kLast) {
        seen->value = Value(text);
      }
    }
    return entries.empty() ? Value() : Value(std::move(entries));
  }

  static bool is_key(catalog::Shape input, std::string_view name) {
    for (std::uint32_t at = 0; at < input.member_count(); ++at) {
      const auto member = input.member(at);
      if (member.location() == Location::kQueryString && member.wire_name() == name &&
          member.shape().kind() != ShapeKind::kMap)
        return true;
    }
    return false;
  }

  Value header(const Member& member) const {
    const auto name = folded(member.wire_name());
    if (name == "content-length" || (name == "content-md5" && !sent_.streams)) return Value();
    const auto found =
        std::ranges::find(sent_.headers, name, [](const auto& pair) { return pair.first; });
    if (found == sent_.headers.end()) return Value();
    const auto& text = found->second;
    if (name == "x-amz-copy-source")
      return Value(copy_source_meaning(text, who_.decodes_source_first));
    if (name == "x-amz-tagging") return Value(tagging_meaning(text, who_));
    if (member.jsonvalue()) {
      const auto tree = json_tree(base64_decoded(text), who_.keys == Keep::kLast);
      return tree ? document_of(*tree) : Value();
    }
    const auto shape = member.shape();
    if (shape.kind() != ShapeKind::kList) return from_text(text, shape);
    const auto element = shape.element().shape();
    codec::List values;
    for (const auto& one : elements_of(text, text.contains(" GMT")))
      values.push_back(from_text(one, element));
    return Value(std::move(values));
  }

  Value prefixed(const Member& member, catalog::Shape input) const {
    const auto prefix = folded(member.location_name());
    codec::Object entries;
    for (const auto& [name, text] : sent_.headers) {
      if (!name.starts_with(prefix) || name.size() == prefix.size()) continue;
      bool bound = false;
      for (std::uint32_t at = 0; at < input.member_count(); ++at) {
        const auto other = input.member(at);
        bound =
            bound || (other.location() == Location::kHeader && folded(other.wire_name()) == name);
      }
      if (!bound) entries.emplace_back(name.substr(prefix.size()), Value(text));
    }
    return entries.empty() ? Value() : Value(std::move(entries));
  }

  codec::Object body(catalog::Shape shape) const {
    codec::Object out;
    if (sent_.streams || sent_.body.empty()) return out;
    const auto payload = route_.operation.input_payload();
    if (payload.empty()) {
      const auto whole = document(shape, Part::kBody);
      return whole.object() ? *whole.object() : out;
    }
    const auto content = shape.member(payload)->shape();
    const bool plain = content.kind() == ShapeKind::kBlob || content.kind() == ShapeKind::kString;
    auto value = content.kind() == ShapeKind::kBlob ? Value(codec::Blob{sent_.body})
                 : plain                            ? Value(sent_.body)
                                                    : document(content, Part::kAll);
    if (!value.is_null()) out.emplace_back(std::string(payload), std::move(value));
    return out;
  }

  Value document(catalog::Shape shape, Part part) const {
    if (route_.operation.service().speaks(Protocol::kRestXml)) {
      const auto element = xml_tree(sent_.body);
      return element ? from_xml(*element, shape, who_, part) : Value();
    }
    const auto tree = json_tree(sent_.body, who_.keys == Keep::kLast);
    return tree ? from_tree(*tree, shape, who_, false, part) : Value();
  }

  const Route& route_;
  const Sent& sent_;
  const Pairs& query_;
  const Personality& who_;
};

}  // namespace

Value rest_input(const Route& route, const Sent& sent, const Pairs& query, const Personality& who) {
  return RestInput(route, sent, query, who).read();
}

}  // namespace strait::diff
