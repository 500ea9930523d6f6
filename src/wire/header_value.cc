// SPDX-License-Identifier: Apache-2.0
#include "wire/header_value.h"

#include <algorithm>

#include "codec/base64.h"
#include "codec/json.h"
#include "codec/utf8.h"
#include "wire/scalar.h"

namespace strait::wire {
namespace {

using catalog::ShapeKind;
using catalog::TimestampFormat;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

// Takes one element off the front of `text`, up to a comma outside quotes, or `commas` commas
// further for HTTP dates.
Result<std::string> take_element(std::string_view& text, int commas, const MemberPath& path) {
  text = trimmed(text);
  if (!text.starts_with('"')) {
    auto end = text.find(',');
    for (; commas > 0 && end != std::string_view::npos; --commas) end = text.find(',', end + 1);
    std::string element(trimmed(text.substr(0, end)));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end);
    return element;
  }
  std::string element;
  std::size_t at = 1;
  for (; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\'))
      ++at;
    element += text[at];
  }
  if (at >= text.size()) return path.fail("has a quote without its end");
  text = trimmed(text.substr(at + 1));
  if (!text.empty() && !text.starts_with(',')) return path.fail("has text behind a quoted element");
  return element;
}

Result<codec::Value> read_list(std::string_view text, const catalog::Member& member,
                               const MemberPath& path) {
  const auto element = member.shape().element();
  const auto format = or_default(element.timestamp_format(), TimestampFormat::kRfc822);
  const bool dates =
      element.shape().kind() == ShapeKind::kTimestamp && format == TimestampFormat::kRfc822;
  codec::List values;
  while (true) {
    TRY(const auto one, take_element(text, dates ? 1 : 0, path));
    auto value = read_scalar(one, element.shape(), format);
    if (!value) return path.fail("has an element that does not have the modelled type");
    values.push_back(std::move(*value));
    if (text.empty()) return codec::Value(std::move(values));
    text.remove_prefix(1);
  }
}

bool needs_quotes(std::string_view text) {
  return text.empty() || text.find_first_of("\",") != std::string_view::npos ||
         trimmed(text).size() != text.size();
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

// What may stand in a header field's value (RFC 9110, 5.5): no control bytes, no blanks at the
// ends.
bool is_field_value(std::string_view text) {
  return trimmed(text).size() == text.size() && std::ranges::all_of(text, [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return (byte >= 0x20 && byte != 0x7f) || c == '\t';
         });
}

}  // namespace

Result<codec::Value> read_header(std::string_view text, const catalog::Member& member,
                                 const MemberPath& path) {
  if (!codec::valid_utf8(text)) return path.fail("must be UTF-8");
  if (member.jsonvalue()) {
    const auto json = codec::base64_decode(text);
    if (!json) return path.fail("must be base64 of JSON");
    return codec::parse_json(*json);
  }
  if (member.shape().kind() == ShapeKind::kList) return read_list(text, member, path);
  auto value = read_scalar(text, member.shape(),
                           or_default(member.timestamp_format(), TimestampFormat::kRfc822));
  if (!value) return path.fail("does not have the modelled type");
  return std::move(*value);
}

Result<std::string> write_header(const codec::Value& value, const catalog::Member& member) {
  std::string out;
  if (member.jsonvalue()) {
    std::string json;
    codec::write_json(json, value);
    codec::base64_encode(out, json);
    return out;
  }
  const auto* list = value.list();
  const auto element = list ? member.shape().element() : member;
  const auto format = or_default(element.timestamp_format(), TimestampFormat::kRfc822);
  if (!list) {
    if (!write_scalar(out, value, format))
      return fail(ErrorCode::kInternal, "a header value is no scalar");
  } else {
    for (const auto& item : *list) {
      if (&item != list->data()) out += ',';
      std::string text;
      if (!write_scalar(text, item, format))
        return fail(ErrorCode::kInternal, "a header element is no scalar");
      if (item.string() != nullptr && needs_quotes(text)) {
        append_quoted(out, text);
      } else {
        out += text;
      }
    }
  }
  if (!is_field_value(out)) {
    return fail(ErrorCode::kInvalidInput,
                "member " + quoted(member.name()) + " has characters that a header cannot carry");
  }
  return out;
}

}  // namespace strait::wire
