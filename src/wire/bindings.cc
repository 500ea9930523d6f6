// SPDX-License-Identifier: Apache-2.0
#include "wire/bindings.h"

#include <algorithm>

#include "base/ascii.h"
#include "codec/utf8.h"
#include "wire/copy_source.h"
#include "wire/foreign_header.h"
#include "wire/header_value.h"
#include "wire/rest_route.h"
#include "wire/s3_place.h"
#include "wire/scalar.h"
#include "wire/tagging_header.h"

namespace strait::wire {
namespace {

using catalog::Location;
using catalog::Member;
using catalog::ShapeKind;
using catalog::TimestampFormat;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool same_header(std::string_view model, std::string_view lowered) {
  return std::ranges::equal(model, lowered, {}, lower);
}
// Headers that the model names but that describe the bytes on the wire, which are made anew.
bool is_wire_header(std::string_view name, bool streams) {
  return name == "content-length" || (!streams && name == "content-md5");
}

bool is_bucket_name(std::string_view text) {
  return text.size() >= 3 && text.size() <= 255 && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '-' || c == '_';
         });
}

// S3 takes a key byte for byte. What stands before any other service may tidy a path before it is
// split: take dot segments and empty ones out, or decode it once more. Then it would be another
// path, perhaps of another operation.
bool survives_tidying(std::string_view text, bool greedy) {
  for (auto rest = text;;) {
    const auto slash = rest.find('/');
    const auto segment = rest.substr(0, slash);
    if (segment == "." || segment == ".." || (greedy && segment.empty())) return false;
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  const auto twice = text.contains('%') ? codec::percent_decode(text) : std::nullopt;
  return !twice || *twice == text;
}

class Reader {
 public:
  Reader(const Recognition& recognised, const journey::Headers& headers)
      : recognised_(recognised),
        headers_(headers),
        streams_(streams_input(recognised.operation)),
        literals_(literal_keys(recognised.operation.uri())) {}

  Status run(codec::Object& input) {
    const auto shape = recognised_.operation.input();
    const auto count = shape ? shape->member_count() : 0;
    for (std::uint32_t at = 0; at < count; ++at) {
      const auto member = shape->member(at);
      const MemberPath top;
      const MemberPath path(&top, member.name());
      Result<codec::Value> value = codec::Value();
      switch (member.location()) {
        case Location::kUri: value = label(member, path); break;
        case Location::kQueryString: value = query(member, path); break;
        case Location::kHeader: value = header(member, path); break;
        case Location::kHeaders: value = prefixed(member, *shape, path); break;
        case Location::kBody:
        case Location::kStatusCode: break;
      }
      if (!value) return std::unexpected(std::move(value).error());
      if (!value->is_null()) input.push_back({std::string(member.name()), std::move(*value)});
    }
    CHECK_OK(no_query_key_left());
    return no_header_left();
  }

 private:
  Result<codec::Value> label(const Member& member, const MemberPath& path) const {
    for (const auto& [name, raw] : recognised_.labels) {
      if (name != member.wire_name()) continue;
      const auto text = codec::percent_decode(raw);
      if (!text || !codec::valid_utf8(*text)) return path.fail("is not percent-encoded UTF-8");
      const bool s3 = recognised_.operation.service().name() == "s3";
      if (s3 && name == "Bucket") {
        CHECK_OK(check_bucket(*text, recognised_.partition, recognised_.region));
        // A slash inside a bucket name would be a bucket and a key to S3.
        if (!text->starts_with("arn:") && !is_bucket_name(*text))
          return path.fail("is no bucket name");
      }
      if (!s3 && !survives_tidying(*text, is_greedy(name)))
        return path.fail("must not have dot or empty segments nor percent-encoding in a path");
      auto value = read_scalar(*text, member.shape(),
                               or_default(member.timestamp_format(), TimestampFormat::kIso8601));
      if (!value) return path.fail("does not have the modelled type");
      return std::move(*value);
    }
    return path.fail("is not in the path");
  }

  bool is_greedy(std::string_view label) const {
    const auto uri = recognised_.operation.uri();
    for (auto at = uri.find(label); at != std::string_view::npos; at = uri.find(label, at + 1)) {
      if (uri[at - 1] == '{' && uri.substr(at + label.size()).starts_with("+}")) return true;
    }
    return false;
  }

  Result<codec::Value> query(const Member& member, const MemberPath& path) {
    const auto shape = member.shape();
    if (shape.kind() == ShapeKind::kMap) return query_map(shape, path);
    const bool list = shape.kind() == ShapeKind::kList;
    const auto element = list ? shape.element() : member;
    codec::List values;
    for (const auto& pair : recognised_.query) {
      if (pair.name != member.wire_name()) continue;
      auto value = read_scalar(pair.value, element.shape(),
                               or_default(element.timestamp_format(), TimestampFormat::kIso8601));
      if (!value) return path.fail("does not have the modelled type");
      values.push_back(std::move(*value));
    }
    if (values.empty()) return codec::Value();
    if (list) return codec::Value(std::move(values));
    if (values.size() > 1) return path.fail("stands in the query string more than once");
    return std::move(values[0]);
  }

  // Every key that nothing else explains, in order of arrival.
  Result<codec::Value> query_map(catalog::Shape shape, const MemberPath& path) {
    map_takes_the_rest_ = true;
    codec::Object entries;
    const bool lists = shape.value().shape().kind() == ShapeKind::kList;
    for (const auto& pair : recognised_.query) {
      if (is_literal(pair) || pair.name == "x-id" || is_bound_key(pair.name)) continue;
      auto found = std::ranges::find(entries, pair.name, &codec::Member::name);
      if (found == entries.end()) {
        found = entries.insert(
            found, {pair.name, lists ? codec::Value(codec::List()) : codec::Value(pair.value)});
      } else if (!lists) {
        return path.fail("repeats the key " + quoted(pair.name));
      }
      if (lists) found->value.list()->push_back(codec::Value(pair.value));
    }
    return entries.empty() ? codec::Value() : codec::Value(std::move(entries));
  }

  Result<codec::Value> header(const Member& member, const MemberPath& path) const {
    if (is_wire_header(lowered(member.wire_name()), streams_)) return codec::Value();
    std::optional<std::string> text;
    for (const auto& [name, content] : headers_.fields()) {
      if (!same_header(member.wire_name(), name)) continue;
      if (text && member.shape().kind() != ShapeKind::kList)
        return path.fail("stands in the headers more than once");
      text = text ? text->append(",").append(content) : std::string(content);
    }
    if (text && same_header(member.wire_name(), "content-encoding"))
      text = without_aws_chunked(*text);
    if (!text) return codec::Value();
    if (same_header(member.wire_name(), "x-amz-copy-source")) {
      TRY(auto canonical, canonical_copy_source(*text, path));
      return codec::Value(std::move(canonical));
    }
    if (same_header(member.wire_name(), "x-amz-tagging")) {
      TRY(auto canonical, canonical_tagging(*text, path));
      return codec::Value(std::move(canonical));
    }
    return read_header(*text, member, path);
  }

  // aws-chunked is how the bytes travel, not what the object is encoded with.
  static std::optional<std::string> without_aws_chunked(std::string_view text) {
    if (text == "aws-chunked") return std::nullopt;
    if (!text.starts_with("aws-chunked,")) return std::string(text);
    text.remove_prefix(12);
    while (text.starts_with(' ')) text.remove_prefix(1);
    return std::string(text);
  }

  Result<codec::Value> prefixed(const Member& member, catalog::Shape input,
                                const MemberPath& path) const {
    const auto prefix = lowered(member.location_name());
    codec::Object entries;
    for (const auto& [name, content] : headers_.fields()) {
      if (!name.starts_with(prefix) || name.size() == prefix.size()) continue;
      if (prefix.empty() && (is_transport_header(name) || is_bound_header(input, name))) continue;
      if (is_bound_header(input, name)) continue;
      const auto key = name.substr(prefix.size());
      if (std::ranges::find(entries, key, &codec::Member::name) != entries.end()) {
        return path.fail("repeats the key " + quoted(key));
      }
      if (!codec::valid_utf8(content)) return path.fail("must be UTF-8");
      entries.push_back({std::string(key), codec::Value(std::string(content))});
    }
    return entries.empty() ? codec::Value() : codec::Value(std::move(entries));
  }

  bool is_literal(const codec::QueryPair& pair) const {
    return std::ranges::any_of(literals_,
                               [&](const LiteralKey& key) { return key.name == pair.name; });
  }

  bool is_bound_key(std::string_view key) const {
    return any_member([&](const Member& member) {
      return member.location() == Location::kQueryString &&
             member.shape().kind() != ShapeKind::kMap && member.wire_name() == key;
    });
  }

  static bool is_bound_header(catalog::Shape input, std::string_view name) {
    for (std::uint32_t at = 0; at < input.member_count(); ++at) {
      const auto member = input.member(at);
      if (member.location() == Location::kHeader && same_header(member.wire_name(), name))
        return true;
    }
    return false;
  }

  template <class Predicate>
  bool any_member(Predicate predicate) const {
    const auto shape = recognised_.operation.input();
    for (std::uint32_t at = 0; shape && at < shape->member_count(); ++at) {
      if (predicate(shape->member(at))) return true;
    }
    return false;
  }

  Status no_query_key_left() const {
    const MemberPath top;
    for (std::size_t at = 0; at < recognised_.query.size(); ++at) {
      const auto& pair = recognised_.query[at];
      const bool once = pair.name == "x-id" || is_literal(pair);
      if (once && std::ranges::count(recognised_.query, pair.name, &codec::QueryPair::name) != 1) {
        return top.fail("has the query key " + quoted(pair.name) + " more than once");
      }
      if (once || map_takes_the_rest_ || is_bound_key(pair.name)) continue;
      return top.unknown(pair.name);
    }
    return {};
  }

  Status no_header_left() const {
    for (const auto& field : headers_.fields()) {
      const std::string_view name = field.first;
      if (!may_change_meaning(recognised_.operation, name)) continue;
      const bool known = any_member([&](const Member& member) {
        if (member.location() == Location::kHeader) return same_header(member.wire_name(), name);
        return member.location() == Location::kHeaders &&
               name.starts_with(lowered(member.location_name()));
      });
      if (!known) return refuse_foreign_header(recognised_.operation, name);
    }
    return {};
  }

  const Recognition& recognised_;
  const journey::Headers& headers_;
  bool streams_;
  std::vector<LiteralKey> literals_;
  bool map_takes_the_rest_ = false;
};

// The modelled path with every label filled in and encoded canonically.
Result<std::string> write_path(catalog::Operation operation, const codec::Value& input) {
  std::string path;
  auto rest = operation.uri();
  rest = rest.substr(0, rest.find('?'));
  if (access_point_of(operation, input)) {
    constexpr std::string_view kBucket = "/{Bucket}";
    if (!rest.starts_with(kBucket))
      return fail(ErrorCode::kInternal, "an access point where the path has no bucket");
    rest.remove_prefix(kBucket.size());
    if (rest.empty()) return std::string("/");
  }
  const auto shape = operation.input();
  while (!rest.empty()) {
    const auto open = rest.find('{');
    path += rest.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = rest.find('}', open);
    auto name = rest.substr(open + 1, close - open - 1);
    const bool greedy = name.ends_with('+');
    if (greedy) name.remove_suffix(1);
    std::string text;
    for (std::uint32_t at = 0; shape && at < shape->member_count(); ++at) {
      const auto member = shape->member(at);
      if (member.location() != Location::kUri || member.wire_name() != name) continue;
      const auto* value = input.find(member.name());
      if (value)
        write_scalar(text, *value,
                     or_default(member.timestamp_format(), TimestampFormat::kIso8601));
    }
    if (text.empty())
      return fail(ErrorCode::kInvalidInput,
                  "member " + quoted(name) + " is part of the path and must not be empty");
    codec::percent_encode(path, text, greedy);
    rest.remove_prefix(close + 1);
  }
  return path;
}

Status write_query(const Member& member, const codec::Value& value,
                   std::vector<codec::QueryPair>& out) {
  const auto add = [&](std::string_view key, const codec::Value& one,
                       TimestampFormat format) -> Status {
    std::string text;
    if (!write_scalar(text, one, or_default(format, TimestampFormat::kIso8601))) {
      return fail(ErrorCode::kInternal, "a query value is no scalar");
    }
    out.push_back({std::string(key), std::move(text), true});
    return {};
  };
  if (const auto* entries = value.object()) {
    for (const auto& entry : *entries) {
      if (const auto* list = entry.value.list()) {
        for (const auto& item : *list) CHECK_OK(add(entry.name, item, TimestampFormat::kUnset));
      } else {
        CHECK_OK(add(entry.name, entry.value, TimestampFormat::kUnset));
      }
    }
    return {};
  }
  if (const auto* list = value.list()) {
    const auto format = member.shape().element().timestamp_format();
    for (const auto& item : *list) CHECK_OK(add(member.wire_name(), item, format));
    return {};
  }
  return add(member.wire_name(), value, member.timestamp_format());
}

}  // namespace

bool models_header(catalog::Operation operation, std::string_view lower_name) {
  const auto input = operation.input();
  for (std::uint32_t at = 0; input && at < input->member_count(); ++at) {
    const auto member = input->member(at);
    if (member.location() == Location::kHeader && same_header(member.wire_name(), lower_name))
      return true;
  }
  return false;
}

bool streams_input(catalog::Operation operation) {
  const auto input = operation.input();
  if (!input || operation.input_payload().empty()) return false;
  const auto payload = input->member(operation.input_payload());
  return payload && payload->streaming() && payload->shape().kind() == ShapeKind::kBlob;
}

Status read_bindings(const Recognition& recognised, const journey::Headers& headers,
                     codec::Object& input) {
  return Reader(recognised, headers).run(input);
}

Result<BoundRequest> write_bindings(catalog::Operation operation, const codec::Value& input) {
  BoundRequest request;
  TRY(request.path, write_path(operation, input));
  for (const auto& key : literal_keys(operation.uri())) {
    request.query.push_back({std::string(key.name), std::string(key.value), !key.value.empty()});
  }
  const auto shape = operation.input();
  for (std::uint32_t at = 0; shape && at < shape->member_count(); ++at) {
    const auto member = shape->member(at);
    const auto* value = input.find(member.name());
    if (value == nullptr) continue;
    switch (member.location()) {
      case Location::kQueryString: CHECK_OK(write_query(member, *value, request.query)); break;
      case Location::kHeader: {
        TRY(auto text, write_header(*value, member));
        request.headers.add(lowered(member.wire_name()), std::move(text));
        break;
      }
      case Location::kHeaders:
        if (value->object() == nullptr)
          return fail(ErrorCode::kInternal, "prefixed headers are no map");
        for (const auto& entry : *value->object()) {
          if (entry.value.string() == nullptr)
            return fail(ErrorCode::kInternal, "a prefixed header is no text");
          request.headers.add(lowered(member.location_name()) + entry.name, *entry.value.string());
        }
        break;
      case Location::kUri:
      case Location::kBody:
      case Location::kStatusCode: break;
    }
  }
  return request;
}

}  // namespace strait::wire
