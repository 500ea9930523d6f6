// SPDX-License-Identifier: Apache-2.0
#include "wire/decode.h"

#include <algorithm>

#include "codec/cbor.h"
#include "codec/json.h"
#include "codec/utf8.h"
#include "codec/xml.h"
#include "wire/bindings.h"
#include "wire/body.h"
#include "wire/document_input.h"
#include "wire/foreign_header.h"
#include "wire/query_input.h"
#include "wire/reads_as.h"
#include "wire/xml_input.h"

namespace strait::wire {
namespace {

using catalog::Location;
using catalog::Operation;
using catalog::Protocol;
using catalog::Shape;
using catalog::ShapeKind;
using catalog::TimestampFormat;

Status require_empty(const codec::Value& value) {
  const auto* object = value.object();
  if (object != nullptr && object->empty()) return {};
  return fail(ErrorCode::kInvalidInput, "the operation takes no parameters, and the body has some");
}

// A body that is one document, as JSON and CBOR have it.
Status read_document(Operation operation, std::string_view body, Dialect dialect,
                     codec::Value& input) {
  if (body.empty()) {
    input.emplace<codec::Object>();
  } else {
    TRY(input, dialect == Dialect::kJson ? codec::parse_json(body) : codec::parse_cbor(body));
  }
  const auto shape = operation.input();
  if (!shape) return require_empty(input);
  return type_value(input, *shape, TimestampFormat::kUnset, dialect, MemberPath());
}

Result<codec::Value> read_form_input(const Recognition& recognised) {
  const auto dialect =
      recognised.protocol == Protocol::kEc2 ? QueryDialect::kEc2 : QueryDialect::kQuery;
  const auto shape = recognised.operation.input();
  if (shape) return read_query_input(recognised.form, *shape, dialect);
  if (recognised.form.empty()) return codec::Value(codec::Object());
  return fail(ErrorCode::kInvalidInput, "the operation takes no parameters, and the form has " +
                                            quoted(recognised.form[0].name));
}

bool has_body_members(Shape shape) {
  for (std::uint32_t at = 0; at < shape.member_count(); ++at) {
    if (shape.member(at).location() == Location::kBody) return true;
  }
  return false;
}

// One value that is the whole body: the payload member's, or the members without a binding.
class RestBody {
 public:
  RestBody(const Recognition& recognised, std::string_view body)
      : operation_(recognised.operation),
        xml_(recognised.protocol == Protocol::kRestXml),
        body_(body) {}

  Status payload(const catalog::Member& member, codec::Object& input) const {
    const auto shape = member.shape();
    const MemberPath top;
    const MemberPath path(&top, member.name());
    if (shape.event_stream())
      return path.fail("is an event stream, which Strait does not take as input");
    if (body_.empty()) return {};
    TRY(auto value, payload_value(member, shape, path));
    input.push_back({std::string(member.name()), std::move(value)});
    return {};
  }

  Status members(Shape shape, codec::Object& input) const {
    if (body_.empty()) return {};
    TRY(auto value, xml_ ? document_xml(shape) : document_json(shape));
    for (auto& member : *value.object()) input.push_back(std::move(member));
    return {};
  }

  // "{}" says nothing, and some clients always say it.
  Status nothing() const {
    if (body_.empty() || (!xml_ && body_ == "{}")) return {};
    return fail(ErrorCode::kInvalidInput, "the operation takes no body, and the request has one");
  }

 private:
  Result<codec::Value> payload_value(const catalog::Member& member, Shape shape,
                                     const MemberPath& path) const {
    switch (shape.kind()) {
      case ShapeKind::kBlob: return codec::Value(codec::Blob{std::string(body_)});
      case ShapeKind::kString:
        if (!codec::valid_utf8(body_)) return path.fail("must be UTF-8");
        return codec::Value(body_);
      default: break;
    }
    if (xml_) {
      TRY(const auto element, codec::parse_xml(body_));
      if (element.name != member.wire_name() && !names_shape(element, shape)) {
        return path.fail("must be the element " + quoted(member.wire_name()));
      }
      return read_xml_structure(element, shape, root_namespace(member), path);
    }
    TRY(auto value, codec::parse_json(body_));
    CHECK_OK(type_value(value, shape, member.timestamp_format(), Dialect::kJson, path));
    return value;
  }

  Result<codec::Value> document_json(Shape shape) const {
    TRY(auto value, codec::parse_json(body_));
    CHECK_OK(type_value(value, shape, TimestampFormat::kUnset, Dialect::kJson, MemberPath(),
                        Extent::kBodyOnly));
    return value;
  }

  Result<codec::Value> document_xml(Shape shape) const {
    const MemberPath top;
    TRY(const auto element, codec::parse_xml(body_));
    if (element.name != operation_.input_root() && !names_shape(element, shape)) {
      return top.fail("must be the element " + quoted(operation_.input_root()));
    }
    return read_xml_structure(element, shape, operation_.input_xml_namespace(), top,
                              Extent::kBodyOnly);
  }

  // Some SDKs name a body's root after its shape, others after the member; neither name says
  // anything.
  static bool names_shape(const codec::XmlElement& element, Shape shape) {
    return element.name == shape.name() || element.name == shape.location_name();
  }

  std::string_view root_namespace(const catalog::Member& member) const {
    return member.xml_namespace().empty() ? operation_.service().xml_namespace()
                                          : member.xml_namespace();
  }

  Operation operation_;
  bool xml_;
  std::string_view body_;
};

Status read_rest_body(const Recognition& recognised, const RequestView& request,
                      codec::Object& input) {
  std::string inflated;
  TRY(const auto body, plain_body(recognised, request, inflated));
  // A form that stood for a GET has been read as query already.
  const bool rewritten = recognised.operation.http_method() != request.method;
  const RestBody rest(recognised, rewritten ? std::string_view() : body);
  const auto shape = recognised.operation.input();
  if (!shape) return rest.nothing();
  const auto payload = recognised.operation.input_payload();
  if (!payload.empty()) {
    const auto member = shape->member(payload);
    if (!member) return fail(ErrorCode::kInternal, "the model names a payload that is no member");
    return rest.payload(*member, input);
  }
  return has_body_members(*shape) ? rest.members(*shape, input) : rest.nothing();
}

Status read_rest_input(const Recognition& recognised, const RequestView& request, Decoded& out) {
  out.payload = journey::Payload::kNone;
  codec::Object input;
  CHECK_OK(read_bindings(recognised, *request.headers, input));
  if (streams_input(recognised.operation)) {
    TRY(out.stream, read_stream(recognised, request));
    out.payload = journey::Payload::kStreamed;
  } else {
    CHECK_OK(read_rest_body(recognised, request, input));
    if (!request.body.empty()) out.payload = journey::Payload::kBuffered;
  }
  out.input = codec::Value(std::move(input));
  return {};
}

// The RPC protocols bind no members to headers, so a header of Amazon's that is not the transport's
// is not understood.
Status refuse_foreign_headers(Operation operation, const journey::Headers& headers) {
  for (const auto& field : headers.fields()) {
    const std::string_view name = field.first;
    if (!name.starts_with("x-amz") || name == "x-amz-target" ||
        !may_change_meaning(operation, name))
      continue;
    return refuse_foreign_header(operation, name);
  }
  return {};
}

Status decode_into(Decoded& out, const Recognition& recognised, const RequestView& request,
                   const codec::Value* expected) {
  const bool rest =
      recognised.protocol == Protocol::kRestJson || recognised.protocol == Protocol::kRestXml;
  if (!rest) CHECK_OK(refuse_foreign_headers(recognised.operation, *request.headers));
  out.payload = request.body.empty() ? journey::Payload::kNone : journey::Payload::kBuffered;
  std::string inflated;
  switch (recognised.protocol) {
    case Protocol::kJson10:
    case Protocol::kJson11:
    case Protocol::kRpcV2Cbor: {
      TRY(const auto body, plain_body(recognised, request, inflated));
      const bool cbor = recognised.protocol == Protocol::kRpcV2Cbor;
      const auto dialect = cbor ? Dialect::kCbor : Dialect::kJson;
      const auto shape = recognised.operation.input();
      out.as_expected = expected != nullptr && !cbor && shape && reads_as(body, *expected, *shape);
      if (out.as_expected) return {};
      return read_document(recognised.operation, body, dialect, out.input);
    }
    case Protocol::kQuery:
    case Protocol::kEc2: {
      TRY([[maybe_unused]] const auto body, plain_body(recognised, request, inflated));
      TRY(out.input, read_form_input(recognised));
      return {};
    }
    case Protocol::kRestJson:
    case Protocol::kRestXml: return read_rest_input(recognised, request, out);
  }
  return fail(ErrorCode::kInternal, "a protocol without a decoder");
}

}  // namespace

Result<Decoded> decode_input(const Recognition& recognised, const RequestView& request,
                             const codec::Value* expected) {
  Result<Decoded> out(std::in_place);  // made where it stays
  if (auto done = decode_into(*out, recognised, request, expected); !done)
    out = std::unexpected(std::move(done).error());
  return out;
}

}  // namespace strait::wire
