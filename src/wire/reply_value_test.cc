// SPDX-License-Identifier: Apache-2.0
#include "wire/reply_value_test.h"

#include <algorithm>

#include "base/ascii.h"
#include "codec/cbor.h"
#include "codec/json.h"
#include "codec/utf8.h"
#include "codec/xml.h"
#include "wire/document_input.h"
#include "wire/header_value.h"
#include "wire/xml_input.h"

namespace strait::wire {
namespace {

using catalog::Location;
using catalog::Member;
using catalog::Operation;
using catalog::Protocol;
using catalog::Shape;
using catalog::ShapeKind;
using catalog::TimestampFormat;

Result<codec::Value> document(std::string_view body, Shape shape, Dialect dialect, Extent extent,
                              TimestampFormat format = TimestampFormat::kUnset) {
  if (body.empty()) return codec::Value(codec::Object());
  TRY(auto value, dialect == Dialect::kJson ? codec::parse_json(body) : codec::parse_cbor(body));
  CHECK_OK(type_value(value, shape, format, dialect, MemberPath(), extent));
  return value;
}

Result<codec::Value> structure(const codec::XmlElement& element, Shape shape, Extent extent) {
  return read_xml_structure(element, shape, element.ns, MemberPath(), extent);
}

// <OpResponse><OpResult>...</OpResult><ResponseMetadata/></OpResponse>; ec2 has the members beside
// its <requestId>.
Result<codec::Value> query_reply(Operation operation, Shape shape, std::string_view body) {
  if (body.empty()) return codec::Value(codec::Object());
  TRY(auto root, codec::parse_xml(body));
  const auto modelled = operation.result_wrapper();
  const auto wrapper =
      modelled.empty() ? std::string(operation.name()) + "Result" : std::string(modelled);
  const auto* result = root.child(wrapper);
  if (result == nullptr && modelled.empty()) result = &root;
  if (result == nullptr) return fail(ErrorCode::kInvalidInput, "the reply has no " + wrapper);
  if (result == &root) {
    std::erase_if(root.children, [](const codec::XmlElement& child) {
      return child.name == "requestId" || child.name == "RequestId" ||
             child.name == "ResponseMetadata";
    });
  }
  return structure(*result, shape, Extent::kAll);
}

class RestReply {
 public:
  RestReply(Operation operation, bool xml, const journey::ReplyHead& head, std::string_view body)
      : operation_(operation), xml_(xml), head_(head), body_(body) {}

  Result<codec::Value> read(Shape shape) const {
    codec::Object output;
    for (std::uint32_t at = 0; at < shape.member_count(); ++at) {
      const auto member = shape.member(at);
      TRY(auto value, bound(member));
      if (!value.is_null()) output.push_back({std::string(member.name()), std::move(value)});
    }
    TRY(auto rest, body(shape));
    for (auto& member : *rest.object()) output.push_back(std::move(member));
    return codec::Value(std::move(output));
  }

 private:
  Result<codec::Value> bound(const Member& member) const {
    const MemberPath top;
    const MemberPath path(&top, member.name());
    switch (member.location()) {
      case Location::kStatusCode: return codec::Value(codec::Number{std::to_string(head_.status)});
      case Location::kHeader: {
        const auto text = head_.headers.one(lowered(member.wire_name()));
        if (!text || text->empty()) return codec::Value();
        return read_header(*text, member, path);
      }
      case Location::kHeaders: {
        const auto prefix = lowered(member.location_name());
        codec::Object entries;
        for (const auto& [name, text] : head_.headers.fields()) {
          if (name.starts_with(prefix) && name.size() > prefix.size())
            entries.push_back({std::string(name.substr(prefix.size())), codec::Value(text)});
        }
        return entries.empty() ? codec::Value() : codec::Value(std::move(entries));
      }
      default: return codec::Value();
    }
  }

  Result<codec::Value> body(Shape shape) const {
    const auto payload = operation_.output_payload();
    if (payload.empty()) return whole(shape, Extent::kBodyOnly, TimestampFormat::kUnset);
    codec::Object output;
    const auto member = *shape.member(payload);
    const auto kind = member.shape().kind();
    if (body_.empty()) return codec::Value(std::move(output));
    if (kind == ShapeKind::kBlob) {
      output.push_back({std::string(payload), codec::Value(codec::Blob{std::string(body_)})});
    } else if (kind == ShapeKind::kString) {
      if (!codec::valid_utf8(body_)) return MemberPath().fail("must be UTF-8");
      output.push_back({std::string(payload), codec::Value(body_)});
    } else {
      TRY(auto value, whole(member.shape(), Extent::kAll, member.timestamp_format()));
      output.push_back({std::string(payload), std::move(value)});
    }
    return codec::Value(std::move(output));
  }

  Result<codec::Value> whole(Shape shape, Extent extent, TimestampFormat format) const {
    if (!xml_) return document(body_, shape, Dialect::kJson, extent, format);
    if (body_.empty()) return codec::Value(codec::Object());
    TRY(const auto root, codec::parse_xml(body_));
    return structure(root, shape, extent);
  }

  Operation operation_;
  bool xml_;
  const journey::ReplyHead& head_;
  std::string_view body_;
};

}  // namespace

Result<codec::Value> read_reply(Operation operation, Protocol protocol,
                                const journey::ReplyHead& head, std::string_view body) {
  const auto shape = operation.output();
  if (!shape) return codec::Value(codec::Object());
  switch (protocol) {
    case Protocol::kJson10:
    case Protocol::kJson11: return document(body, *shape, Dialect::kJson, Extent::kAll);
    case Protocol::kRpcV2Cbor: return document(body, *shape, Dialect::kCbor, Extent::kAll);
    case Protocol::kQuery:
    case Protocol::kEc2: return query_reply(operation, *shape, body);
    case Protocol::kRestJson: return RestReply(operation, false, head, body).read(*shape);
    case Protocol::kRestXml: return RestReply(operation, true, head, body).read(*shape);
  }
  return fail(ErrorCode::kInternal, "a protocol without a reader");
}

}  // namespace strait::wire
