// SPDX-License-Identifier: Apache-2.0
#include "wire/encode.h"

#include <algorithm>

#include "codec/cbor.h"
#include "codec/json.h"
#include "codec/xml.h"
#include "crypto/checksum.h"
#include "wire/bindings.h"
#include "wire/decode.h"
#include "wire/document_input.h"
#include "wire/query_input.h"
#include "wire/s3_place.h"
#include "wire/upstream_target.h"
#include "wire/xml_input.h"

namespace strait::wire {
namespace {

using catalog::Location;
using catalog::Protocol;
using catalog::Shape;
using catalog::ShapeKind;
using catalog::TimestampFormat;
using journey::Call;
using journey::UnsignedRequest;

// What is written here and what the signer adds.
constexpr std::size_t kHeadersMade = 12;
constexpr std::size_t kHeaderTextBytes = 1024;

void begin_rpc(UnsignedRequest& out, std::string_view content_type) {
  out.head.headers.reserve(kHeadersMade, kHeaderTextBytes);
  out.head.method = "POST";
  out.head.target = "/";
  out.head.headers.add("content-type", content_type);
}

// A header whose value is two texts with a dot between.
void add_dotted(journey::Headers& headers, std::string_view name, std::string_view left,
                std::string_view right) {
  const auto size = left.size() + 1 + right.size();
  char* const text = headers.room(name.size() + size);
  char* const value = text + name.copy(text, name.size());
  char* const dot = value + left.copy(value, left.size());
  *dot = '.';
  right.copy(dot + 1, right.size());
  headers.place({text, name.size()}, {value, size});
}

// AWS then answers errors with the code that query clients know, in a header that the agent's SDK
// reads.
void ask_for_query_codes(const Call& call, UnsignedRequest& out) {
  if (call.operation.service().query_compatible())
    out.head.headers.add("x-amzn-query-mode", "true");
}

Status write_json_call(const Call& call, UnsignedRequest& out) {
  const bool old = call.protocol == Protocol::kJson10;
  begin_rpc(out, old ? "application/x-amz-json-1.0" : "application/x-amz-json-1.1");
  add_dotted(out.head.headers, "x-amz-target", call.operation.service().target_prefix(),
             call.operation.name());
  ask_for_query_codes(call, out);
  if (const auto shape = call.operation.input())
    return write_json_value(out.body, call.input, *shape, TimestampFormat::kUnset);
  out.body = "{}";
  return {};
}

Status write_cbor_call(const Call& call, UnsignedRequest& out) {
  begin_rpc(out, "application/cbor");
  auto& target = out.head.target;
  target = "/service/";
  target += call.operation.service().target_prefix();
  target += "/operation/";
  target += call.operation.name();
  out.head.headers.add("smithy-protocol", "rpc-v2-cbor");
  out.head.headers.add("accept", "application/cbor");
  ask_for_query_codes(call, out);
  return codec::write_cbor(out.body, call.input);
}

Status write_query_call(const Call& call, UnsignedRequest& out) {
  begin_rpc(out, "application/x-www-form-urlencoded; charset=utf-8");
  std::vector<codec::QueryPair> pairs = {
      {"Action", std::string(call.operation.name()), true},
      {"Version", std::string(call.operation.service().api_version()), true}};
  const auto dialect = call.protocol == Protocol::kEc2 ? QueryDialect::kEc2 : QueryDialect::kQuery;
  if (const auto shape = call.operation.input())
    CHECK_OK(write_query_input(pairs, call.input, *shape, dialect));
  out.body = codec::encode_form(pairs);
  return {};
}

// The input without what the bindings carry.
bool has_body_value(const Call& call, Shape shape) {
  for (const auto& member : *call.input.object()) {
    const auto modelled = shape.member(member.name);
    if (modelled && modelled->location() == Location::kBody) return true;
  }
  return false;
}

bool models_body(Shape shape) {
  for (std::uint32_t at = 0; at < shape.member_count(); ++at) {
    if (shape.member(at).location() == Location::kBody) return true;
  }
  return false;
}

class RestBody {
 public:
  RestBody(const Call& call, UnsignedRequest& out)
      : call_(call), out_(out), xml_(call.protocol == Protocol::kRestXml) {}

  Status write() {
    const auto shape = call_.operation.input();
    if (!shape) return {};
    const auto payload = call_.operation.input_payload();
    if (!payload.empty()) return write_payload(*shape->member(payload));
    if (!models_body(*shape)) return {};
    if (xml_) {
      if (!has_body_value(call_, *shape)) return {};
      codec::XmlWriter xml(out_.body);
      xml.declaration();
      type("application/xml");
      return write_xml_structure(xml, call_.operation.input_root(), call_.input, *shape,
                                 call_.operation.input_xml_namespace(), Extent::kBodyOnly);
    }
    type("application/json");
    return write_json_value(out_.body, call_.input, *shape, TimestampFormat::kUnset,
                            Extent::kBodyOnly);
  }

 private:
  Status write_payload(const catalog::Member& member) {
    const auto* value = call_.input.find(member.name());
    if (value == nullptr) return {};  // absent, or the stream
    const auto shape = member.shape();
    if (const auto* blob = value->blob()) {
      type("application/octet-stream");
      out_.body = blob->bytes;
      return {};
    }
    if (const auto* text = value->string(); text != nullptr && shape.kind() == ShapeKind::kString) {
      type("text/plain");
      out_.body = *text;
      return {};
    }
    if (xml_) return write_xml_payload(member, *value);
    type("application/json");
    return write_json_value(out_.body, *value, shape, member.timestamp_format());
  }

  Status write_xml_payload(const catalog::Member& member, const codec::Value& value) {
    const auto shape = member.shape();
    const auto ns = member.xml_namespace().empty() ? call_.operation.service().xml_namespace()
                                                   : member.xml_namespace();
    codec::XmlWriter xml(out_.body);
    xml.declaration();
    type("application/xml");
    return write_xml_structure(xml, member.wire_name(), value, shape, ns);
  }

  // A content type that the model has as a parameter is the caller's to say, or to leave unsaid.
  void type(std::string_view content_type) {
    if (models_header(call_.operation, "content-type")) return;
    out_.head.headers.add("content-type", std::string(content_type));
  }

  const Call& call_;
  UnsignedRequest& out_;
  bool xml_;
};

Status add_checksum(const Call& call, UnsignedRequest& out) {
  if (out.body.empty()) return {};
  const auto algorithm_member = call.operation.checksum_algorithm_member();
  const auto* chosen = algorithm_member.empty() ? nullptr : call.input.find(algorithm_member);
  if (chosen != nullptr && chosen->string() != nullptr) {
    auto checksum = crypto::Checksum::by_name(*chosen->string());
    if (!checksum) {
      return fail(ErrorCode::kInvalidInput,
                  "checksum algorithm " + quoted(*chosen->string()) + " is not known");
    }
    checksum->update(out.body);
    std::string header = "x-amz-checksum-";
    for (const char c : *chosen->string())
      header += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    out.head.headers.set(header, checksum->base64());
    return {};
  }
  if (!call.operation.checksum_required()) return {};
  crypto::Checksum md5(crypto::ChecksumAlgorithm::kMd5);
  md5.update(out.body);
  out.head.headers.set("content-md5", md5.base64());
  return {};
}

// What two services want of every request, model or not (Amazon S3 Glacier API, "Common request
// headers"; API Gateway answers in HAL form otherwise).
void add_service_headers(const Call& call, UnsignedRequest& out) {
  const auto service = call.operation.service();
  if (service.name() == "glacier")
    out.head.headers.add("x-amz-glacier-version", std::string(service.api_version()));
  if (service.name() == "apigateway" && !models_header(call.operation, "accept"))
    out.head.headers.set("accept", "application/json");
}

Status write_rest_call(const Call& call, UnsignedRequest& out) {
  TRY(auto bound, write_bindings(call.operation, call.input));
  out.head.method = call.operation.http_method();
  out.head.headers = std::move(bound.headers);
  add_service_headers(call, out);
  TRY(const auto target, call.catalog->target(call.operation.service(), call.region));
  out.head.target = std::string(target.path_prefix) + bound.path;
  if (!bound.query.empty()) out.head.target += "?" + codec::encode_query(bound.query);
  if (call.payload == journey::Payload::kStreamed) {
    out.stream = call.stream;
    return {};
  }
  CHECK_OK(RestBody(call, out).write());
  return add_checksum(call, out);
}

Status write_call(const Call& call, UnsignedRequest& out) {
  if (call.input.object() == nullptr)
    return fail(ErrorCode::kInternal, "a call's input is no object");
  switch (call.protocol) {
    case Protocol::kJson10:
    case Protocol::kJson11: return write_json_call(call, out);
    case Protocol::kRpcV2Cbor: return write_cbor_call(call, out);
    case Protocol::kQuery:
    case Protocol::kEc2: return write_query_call(call, out);
    case Protocol::kRestJson:
    case Protocol::kRestXml: return write_rest_call(call, out);
  }
  return fail(ErrorCode::kInternal, "a protocol without a serializer");
}

std::unexpected<Error> not_the_same(const Call& call, std::string_view what) {
  return fail(ErrorCode::kInternal,
              "the request could not be rebuilt without changing it, so it was not sent",
              "round trip of " + std::string(call.operation.service().name()) + ":" +
                  std::string(call.operation.name()) + " differs in " + std::string(what));
}

}  // namespace

Result<UnsignedRequest> Serializer::serialize(const Call& call) {
  Result<UnsignedRequest> out(std::in_place);  // made where it stays
  if (auto done = write_call(call, *out); !done) out = std::unexpected(std::move(done).error());
  return out;
}

Status check_round_trip(const Call& call, const UnsignedRequest& request) {
  RequestView view{.method = request.head.method,
                   .target = request.head.target,
                   .headers = &request.head.headers,
                   .host = "",
                   .body = request.body};
  std::string host;  // where it says part of the input
  if (access_point_of(call.operation, call.input)) {
    TRY(auto target, upstream_target(call));
    host = std::move(target.host);
    view.host = host;
  }
  auto found = recognise_own(view, *call.catalog, call.operation.service(),
                             {"", call.region, call.operation.signing_name()});
  if (!found) return std::unexpected(std::move(found).error());
  auto& recognised = *found;
  if (recognised.partition != call.partition) return not_the_same(call, "partition");
  const auto also = std::ranges::find(recognised.also, call.operation);
  if (also != recognised.also.end()) {
    if (!recognised.also_labels.empty()) {
      recognised.labels =
          recognised.also_labels[static_cast<std::size_t>(also - recognised.also.begin())];
    }
    recognised.operation = call.operation;
  }
  if (recognised.operation != call.operation) return not_the_same(call, "operation");
  if (recognised.protocol != call.protocol) return not_the_same(call, "protocol");
  auto decoded = decode_input(recognised, view, &call.input);
  if (!decoded) return std::unexpected(std::move(decoded).error());
  if (!decoded->as_expected && decoded->input != call.input) return not_the_same(call, "input");
  const bool streams = call.payload == journey::Payload::kStreamed;
  if ((decoded->payload == journey::Payload::kStreamed) != streams)
    return not_the_same(call, "payload");
  return {};
}

}  // namespace strait::wire
