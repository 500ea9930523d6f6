// SPDX-License-Identifier: Apache-2.0
#include "wire/reply_error.h"

#include <algorithm>
#include <array>

#include "codec/cbor.h"
#include "codec/json.h"
#include "codec/xml.h"
#include "wire/document_input.h"

namespace strait::wire {
namespace {

using catalog::Shape;
using catalog::TimestampFormat;

constexpr auto kAuthFailures = std::to_array<std::string_view>({
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSecurity",
    "InvalidSecurityToken",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
    "UnrecognizedClientException",
});
static_assert(std::ranges::is_sorted(kAuthFailures));

// "com.amazonaws.dynamodb#ResourceNotFoundException:http://..." to "ResourceNotFoundException".
// Only the bytes that error codes have; anything else and the code is not one.
std::string bare_code(std::string_view text) {
  text = text.substr(0, text.find(':'));
  if (const auto hash = text.rfind('#'); hash != std::string_view::npos)
    text.remove_prefix(hash + 1);
  const bool plain = std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
  return plain && text.size() <= 128 ? std::string(text) : std::string();
}

std::string code_of_status(int status) {
  switch (status) {
    case 301: return "PermanentRedirect";
    case 304: return "NotModified";
    case 400: return "BadRequest";
    case 403: return "AccessDenied";
    case 404: return "NotFound";
    case 412: return "PreconditionFailed";
    default: return std::to_string(status);
  }
}

std::string header(const journey::ReplyHead& head, std::string_view name) {
  return std::string(head.headers.one(name).value_or(""));
}

// "" when it is not made of a region's letters.
std::string region_name(std::string text) {
  const bool plain = std::ranges::all_of(
      text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  return plain && text.size() <= 32 ? text : std::string();
}

std::optional<Shape> modelled_shape(const journey::Call& call, std::string_view code) {
  for (const auto index : call.operation.error_shapes()) {
    const Shape shape(call.catalog.get(), index);
    if (shape.error_code() == code || shape.name() == code) return shape;
  }
  return std::nullopt;
}

// The modelled members of a JSON or CBOR error, without what every error has. What does not fit the
// shape is left out: an error is told even when its details cannot be.
void keep_members(const journey::Call& call, codec::Value document, Dialect dialect,
                  UpstreamError& out) {
  const auto shape = modelled_shape(call, out.code);
  out.members = codec::Value(codec::Object());
  auto* fields = document.object();
  if (!shape || fields == nullptr) return;
  const MemberPath top;
  for (auto& field : *fields) {
    const auto member = shape->member_by_wire_name(field.name);
    if (!member || field.name == "message" || field.name == "Message" || field.value.is_null())
      continue;
    const MemberPath path(&top, member->name());
    if (!type_value(field.value, member->shape(), member->timestamp_format(), dialect, path))
      continue;
    out.members.object()->push_back({std::string(member->name()), std::move(field.value)});
  }
}

std::string text_of(const codec::Value& value, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    const auto* found = value.find(name);
    if (found != nullptr && found->string() != nullptr) return *found->string();
  }
  return {};
}

Status read_document(const journey::Call& call, const journey::ReplyHead& head,
                     std::string_view body, Dialect dialect, UpstreamError& out) {
  codec::Value document{codec::Object()};
  if (!body.empty()) {
    auto parsed = dialect == Dialect::kJson ? codec::parse_json(body) : codec::parse_cbor(body);
    if (!parsed || parsed->object() == nullptr) {
      return fail(ErrorCode::kUpstreamInvalid, "AWS answered with an error that cannot be read");
    }
    document = std::move(*parsed);
  }
  out.code = bare_code(header(head, "x-amzn-errortype"));
  if (out.code.empty()) out.code = bare_code(text_of(document, {"__type", "code", "Code"}));
  out.message = text_of(document, {"message", "Message", "errorMessage"});
  keep_members(call, std::move(document), dialect, out);
  return {};
}

// <ErrorResponse><Error>, <Response><Errors><Error>, or <Error> itself.
const codec::XmlElement* error_element(const codec::XmlElement& root) {
  if (root.name == "Error") return &root;
  if (const auto* error = root.child("Error")) return error;
  const auto* errors = root.child("Errors");
  return errors == nullptr ? nullptr : errors->child("Error");
}

Status read_xml_error(std::string_view body, UpstreamError& out) {
  if (body.empty()) return {};
  const auto root = codec::parse_xml(body);
  const auto* error = root ? error_element(*root) : nullptr;
  if (error == nullptr)
    return fail(ErrorCode::kUpstreamInvalid, "AWS answered with an error that cannot be read");
  if (const auto* code = error->child("Code")) out.code = bare_code(code->text);
  if (const auto* message = error->child("Message")) out.message = message->text;
  for (const auto name : {"RequestId", "RequestID"}) {
    const auto* id = root->child(name) != nullptr ? root->child(name) : error->child(name);
    if (id != nullptr && out.request_id.empty()) out.request_id = id->text;
  }
  // What S3 says besides, and clients act on: where a bucket is, which key or upload is missing.
  out.members = codec::Value(codec::Object());
  for (const auto name :
       {"BucketName", "Key", "Region", "Endpoint", "UploadId", "VersionId", "Condition", "ETag"}) {
    const auto* child = error->child(name);
    if (child != nullptr && child->children.empty())
      out.members.object()->push_back({name, codec::Value(child->text)});
  }
  return {};
}

bool is_xml_shape(ErrorShape shape) {
  return shape == ErrorShape::kQuery || shape == ErrorShape::kEc2 ||
         shape == ErrorShape::kRestXml || shape == ErrorShape::kS3;
}

void add_members(const journey::Call& call, const UpstreamError& error, ErrorShape shape,
                 ErrorReply& reply) {
  const auto* members = error.members.object();
  if (members == nullptr || members->empty() || reply.body.empty()) return;
  if (shape == ErrorShape::kS3) {
    std::string extra;
    codec::XmlWriter xml(extra);
    for (const auto& member : *members) {
      const auto* text = member.value.string();
      // An endpoint would lead the client off the gateway.
      if (text != nullptr && member.name != "Endpoint" && codec::is_xml_text(*text))
        xml.leaf(member.name, *text);
    }
    reply.body.insert(reply.body.rfind("</Error>"), extra);
    return;
  }
  if (is_xml_shape(shape)) return;
  const auto modelled = modelled_shape(call, error.code);
  if (!modelled) return;
  if (shape == ErrorShape::kCbor) {
    codec::Object all = {{"__type", codec::Value(error.code)},
                         {"message", codec::Value(error.message)}};
    all.insert(all.end(), members->begin(), members->end());
    std::string body;
    if (codec::write_cbor(body, codec::Value(std::move(all)))) reply.body = std::move(body);
    return;
  }
  std::string json;
  if (!write_json_value(json, error.members, *modelled, TimestampFormat::kUnset) ||
      json.size() <= 2)
    return;
  reply.body.pop_back();
  reply.body += ',';
  reply.body += std::string_view(json).substr(1);
}

}  // namespace

Result<UpstreamError> parse_upstream_error(const journey::Call& call,
                                           const journey::ReplyHead& head, std::string_view body) {
  UpstreamError out;
  out.status = head.status;
  out.members = codec::Value(codec::Object());
  for (const auto name : {"x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"}) {
    if (out.request_id.empty()) out.request_id = header(head, name);
  }
  switch (error_shape(call)) {
    case ErrorShape::kJson:
    case ErrorShape::kRestJson:
      CHECK_OK(read_document(call, head, body, Dialect::kJson, out));
      break;
    case ErrorShape::kCbor: CHECK_OK(read_document(call, head, body, Dialect::kCbor, out)); break;
    case ErrorShape::kQuery:
    case ErrorShape::kEc2:
    case ErrorShape::kRestXml:
    case ErrorShape::kS3: CHECK_OK(read_xml_error(body, out)); break;
  }
  if (out.code.empty()) out.code = code_of_status(head.status);
  out.bucket_region = region_name(header(head, "x-amz-bucket-region"));
  if (call.operation.service().query_compatible()) {
    const auto mapped = header(head, "x-amzn-query-error");
    out.query_code = bare_code(mapped.substr(0, mapped.find(';')));
  }
  return out;
}

bool is_upstream_auth_failure(std::string_view code) {
  return std::ranges::binary_search(kAuthFailures, code);
}

ErrorReply rebuild_error(const journey::Call& call, const UpstreamError& error, bool head_method) {
  const auto shape = error_shape(call);
  auto reply =
      error_reply({error.code, error.status, error.message}, shape, error.request_id, head_method);
  if (!error.query_code.empty()) {
    reply.head.headers.add("x-amzn-query-error",
                           error.query_code + (error.status >= 500 ? ";Receiver" : ";Sender"));
  }
  if (!error.bucket_region.empty())
    reply.head.headers.add("x-amz-bucket-region", error.bucket_region);
  add_members(call, error, shape, reply);
  return reply;
}

}  // namespace strait::wire
