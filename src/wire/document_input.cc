// SPDX-License-Identifier: Apache-2.0
#include "wire/document_input.h"

#include <algorithm>

#include "catalog/member_search.h"
#include "codec/base64.h"
#include "codec/json_text.h"
#include "wire/scalar.h"

namespace strait::wire {
namespace {

using catalog::Location;
using catalog::Shape;
using catalog::ShapeKind;
using catalog::TimestampFormat;

class Typing {
 public:
  explicit Typing(Dialect dialect) : dialect_(dialect) {}

  Status run(codec::Value& value, Shape shape, TimestampFormat format, const MemberPath& path,
             Extent extent) const {
    switch (shape.kind()) {
      case ShapeKind::kStructure: return structure(value, shape, path, extent);
      case ShapeKind::kList: return list(value, shape, path);
      case ShapeKind::kMap: return map(value, shape, path);
      case ShapeKind::kString:
        if (value.string() == nullptr) return path.fail("must be a string");
        return {};
      case ShapeKind::kBoolean:
        if (value.boolean() == nullptr) return path.fail("must be true or false");
        return {};
      case ShapeKind::kInteger:
        if (value.number() == nullptr || !is_integer_of(shape, value.number()->token)) {
          return path.fail("must be an integer within the modelled range");
        }
        return {};
      case ShapeKind::kFloat: return floating(value, shape, path);
      case ShapeKind::kBlob: return blob(value, path);
      case ShapeKind::kTimestamp: return timestamp(value, format, path);
      case ShapeKind::kDocument: return document(value, path);
    }
    return {};
  }

 private:
  Status structure(codec::Value& value, Shape shape, const MemberPath& path, Extent extent) const {
    auto* members = value.object();
    if (members == nullptr) return path.fail("must be an object");
    if (shape.event_stream())
      return path.fail("is an event stream, which Strait does not take as input");
    bool nulls = false;
    catalog::MemberSearch search(shape);
    for (auto& member : *members) {
      const auto modelled = find(search, member.name, extent);
      if (!modelled) return path.unknown(member.name);
      if (modelled->has_location_name()) member.name = modelled->name();
      if (member.value.is_null()) {
        nulls = true;
        continue;
      }
      if (fits_as_read(member.value, *modelled)) continue;
      const MemberPath here(&path, member.name);
      CHECK_OK(
          run(member.value, modelled->shape(), modelled->timestamp_format(), here, Extent::kAll));
    }
    if (nulls)
      std::erase_if(*members, [](const codec::Member& member) { return member.value.is_null(); });
    if (shape.is_union() && members->size() != 1 && dialect_ != Dialect::kRecord)
      return path.fail("is a union and must have exactly one member");
    return {};
  }

  // Most members are strings, which are what they are read as.
  static bool fits_as_read(const codec::Value& value, const catalog::Member& reference) {
    return value.string() != nullptr && reference.shape().kind() == ShapeKind::kString;
  }

  std::optional<catalog::Member> find(catalog::MemberSearch& search, std::string_view name,
                                      Extent extent) const {
    const auto found =
        dialect_ == Dialect::kJson ? search.by_wire_name(name) : search.by_name(name);
    if (found && extent == Extent::kBodyOnly && found->location() != Location::kBody)
      return std::nullopt;
    return found;
  }

  Status list(codec::Value& value, Shape shape, const MemberPath& path) const {
    auto* elements = value.list();
    if (elements == nullptr) return path.fail("must be a list");
    const auto element = shape.element();
    const auto element_shape = element.shape();
    for (std::size_t at = 0; at < elements->size(); ++at) {
      if ((*elements)[at].is_null() || fits_as_read((*elements)[at], element)) continue;
      const MemberPath here(&path, at);
      CHECK_OK(run((*elements)[at], element_shape, element.timestamp_format(), here, Extent::kAll));
    }
    return {};
  }

  Status map(codec::Value& value, Shape shape, const MemberPath& path) const {
    auto* entries = value.object();
    if (entries == nullptr) return path.fail("must be an object");
    const auto content = shape.value();
    const auto content_shape = content.shape();
    for (auto& entry : *entries) {
      if (entry.value.is_null() || fits_as_read(entry.value, content)) continue;
      const MemberPath here(&path, entry.name);
      CHECK_OK(run(entry.value, content_shape, content.timestamp_format(), here, Extent::kAll));
    }
    return {};
  }

  Status floating(codec::Value& value, Shape shape, const MemberPath& path) const {
    if (const auto* text = value.string(); text != nullptr && dialect_ != Dialect::kCbor) {
      if (*text != "NaN" && *text != "Infinity" && *text != "-Infinity")
        return path.fail("must be a number");
      value = codec::Value(codec::Number{*text});
      return {};
    }
    if (value.number() == nullptr || !is_float_of(shape, value.number()->token))
      return path.fail("must be a number within the modelled range");
    return {};
  }

  Status blob(codec::Value& value, const MemberPath& path) const {
    if (dialect_ == Dialect::kCbor) {
      if (value.blob() == nullptr) return path.fail("must be a byte string");
      return {};
    }
    auto bytes = value.string() == nullptr ? std::nullopt : codec::base64_decode(*value.string());
    if (!bytes) return path.fail("must be canonical base64");
    value = codec::Value(codec::Blob{std::move(*bytes)});
    return {};
  }

  Status timestamp(codec::Value& value, TimestampFormat format, const MemberPath& path) const {
    if (dialect_ == Dialect::kCbor) {
      if (value.instant() == nullptr || !is_plausible(*value.instant()))
        return path.fail("must be a timestamp (tag 1)");
      return {};
    }
    const auto used = dialect_ == Dialect::kRecord ? TimestampFormat::kUnix
                                                   : or_default(format, TimestampFormat::kUnix);
    const auto instant =
        used == TimestampFormat::kUnix
            ? (value.number() == nullptr ? std::nullopt : read_instant(value.number()->token, used))
            : (value.string() == nullptr ? std::nullopt : read_instant(*value.string(), used));
    if (!instant) return path.fail("must be a timestamp in the modelled format");
    value = codec::Value(*instant);
    return {};
  }

  // Documents are JSON; CBOR's byte strings and instants have no place in them.
  Status document(const codec::Value& value, const MemberPath& path) const {
    if (value.blob() != nullptr || value.instant() != nullptr)
      return path.fail("must be a JSON document");
    if (const auto* list = value.list()) {
      for (const auto& element : *list) CHECK_OK(document(element, path));
    }
    if (const auto* object = value.object()) {
      for (const auto& member : *object) CHECK_OK(document(member.value, path));
    }
    return {};
  }

  Dialect dialect_;
};

// Writes the JSON of typed values, as write_json_value() says.
class Writing {
 public:
  explicit Writing(std::string& out) : out_(out) {}

  Status value(const codec::Value& value, Shape shape, TimestampFormat format, Extent extent) {
    if (const auto* instant = value.instant()) {
      write(*instant, or_default(format, TimestampFormat::kUnix));
      return {};
    }
    const auto kind = shape.kind();
    if (const auto* object = value.object(); object != nullptr && kind != ShapeKind::kDocument) {
      if (kind == ShapeKind::kMap) return map(*object, shape.value());
      if (kind == ShapeKind::kStructure) return structure(*object, shape, extent);
      return fail(ErrorCode::kInternal, "a value does not have the type of its shape");
    }
    if (const auto* list = value.list(); list != nullptr && kind == ShapeKind::kList)
      return elements(*list, shape.element());
    out_.value(value);
    return {};
  }

 private:
  Status referred(const codec::Value& content, const catalog::Member& reference) {
    if (const auto* text = content.string()) {
      out_.string(*text);
      return {};
    }
    return value(content, reference.shape(), reference.timestamp_format(), Extent::kAll);
  }

  Status structure(const codec::Object& members, Shape shape, Extent extent) {
    char before = '{';
    catalog::MemberSearch search(shape);
    for (const auto& member : members) {
      const auto modelled = search.by_name(member.name);
      if (!modelled)
        return fail(ErrorCode::kInternal, "a value has a member that its shape has not");
      if (extent == Extent::kBodyOnly && modelled->location() != Location::kBody) continue;
      out_.name(before, modelled->wire_name());
      before = ',';
      CHECK_OK(referred(member.value, *modelled));
    }
    out_.close(before, '}');
    return {};
  }

  Status map(const codec::Object& entries, const catalog::Member& content) {
    char before = '{';
    for (const auto& entry : entries) {
      out_.name(before, entry.name);
      before = ',';
      CHECK_OK(referred(entry.value, content));
    }
    out_.close(before, '}');
    return {};
  }

  Status elements(const codec::List& list, const catalog::Member& content) {
    char before = '[';
    for (const auto& element : list) {
      out_.put(before);
      before = ',';
      CHECK_OK(referred(element, content));
    }
    out_.close(before, ']');
    return {};
  }

  void write(const codec::Instant& instant, TimestampFormat format) {
    const bool quotes = format != TimestampFormat::kUnix;
    if (quotes) out_.put('"');
    out_.with_string([&](std::string& end) { write_instant(end, instant, format); });
    if (quotes) out_.put('"');
  }

  codec::JsonText out_;
};

}  // namespace

Status type_value(codec::Value& value, Shape shape, TimestampFormat format, Dialect dialect,
                  const MemberPath& path, Extent extent) {
  return Typing(dialect).run(value, shape, format, path, extent);
}

Status write_json_value(std::string& out, const codec::Value& value, Shape shape,
                        TimestampFormat format, Extent extent) {
  return Writing(out).value(value, shape, format, extent);
}

}  // namespace strait::wire
