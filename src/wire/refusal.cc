// SPDX-License-Identifier: Apache-2.0
#include "wire/refusal.h"

#include <array>

#include "codec/cbor.h"
#include "codec/json.h"
#include "codec/xml.h"
#include "wire/claim.h"

namespace strait::wire {
namespace {

using catalog::Protocol;

constexpr std::size_t kSentenceBytesMax = 600;

// What one of our codes is called in each family of error shapes, and its status.
struct Row {
  std::string_view json;   // json, rest-json, cbor
  std::string_view query;  // query, ec2, rest-xml
  std::string_view s3;
  int status;  // json and cbor answer client errors with 400 whatever stands here
};

constexpr Row kDenial = {"AccessDeniedException", "AccessDenied", "AccessDenied", 403};
constexpr Row kValidation = {"ValidationException", "ValidationError", "InvalidRequest", 400};
constexpr Row kBadToken = {"UnrecognizedClientException", "InvalidClientTokenId",
                           "InvalidAccessKeyId", 403};
constexpr Row kExpired = {"ExpiredTokenException", "ExpiredToken", "ExpiredToken", 403};
constexpr Row kSignature = {"InvalidSignatureException", "SignatureDoesNotMatch",
                            "SignatureDoesNotMatch", 403};
constexpr Row kSkew = {"InvalidSignatureException", "RequestExpired", "RequestTimeTooSkewed", 403};
constexpr Row kUnknown = {"UnknownOperationException", "InvalidAction", "NotImplemented", 400};
constexpr Row kTooLarge = {"RequestEntityTooLargeException", "RequestEntityTooLarge",
                           "EntityTooLarge", 413};
constexpr Row kThrottling = {"ThrottlingException", "Throttling", "SlowDown", 429};
constexpr Row kDown = {"ServiceUnavailableException", "ServiceUnavailable", "ServiceUnavailable",
                       503};
constexpr Row kBroken = {"InternalFailure", "InternalFailure", "InternalError", 500};
constexpr Row kMissing = {"ResourceNotFoundException", "NoSuchEntity", "NoSuchKey", 404};

const Row& row_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMalformedRequest:
    case ErrorCode::kUnsupported:
    case ErrorCode::kAmbiguousRequest:
    case ErrorCode::kInvalidInput: return kValidation;
    case ErrorCode::kLimitExceeded: return kTooLarge;
    case ErrorCode::kUnknownService:
    case ErrorCode::kUnknownOperation: return kUnknown;
    case ErrorCode::kInvalidToken:
    case ErrorCode::kUnknownSession:
    case ErrorCode::kRevoked: return kBadToken;
    case ErrorCode::kExpiredToken: return kExpired;
    case ErrorCode::kInvalidSignature: return kSignature;
    case ErrorCode::kClockSkew: return kSkew;
    case ErrorCode::kDenied:
    case ErrorCode::kApprovalRequired:
    case ErrorCode::kApprovalRefused: return kDenial;
    case ErrorCode::kThrottled: return kThrottling;
    case ErrorCode::kUnavailable:
    case ErrorCode::kRecorderUnavailable:
    case ErrorCode::kUpstreamUnreachable:
    case ErrorCode::kUpstreamTimeout:
    case ErrorCode::kUpstreamInvalid:
    case ErrorCode::kInvalidConfiguration:
    case ErrorCode::kIo: return kDown;
    // The call went through; only the reply is kept back. Repeating it would repeat the call.
    case ErrorCode::kReplyWithheld: return kDenial;
    case ErrorCode::kNotFound: return kMissing;
    case ErrorCode::kConflict: return kValidation;
    case ErrorCode::kInternal: return kBroken;
  }
  return kBroken;
}

bool is_json_family(ErrorShape shape) {
  return shape == ErrorShape::kJson || shape == ErrorShape::kRestJson || shape == ErrorShape::kCbor;
}

// EC2 has words of its own for two of them.
std::string_view code_in(const Row& row, ErrorShape shape) {
  if (is_json_family(shape)) return row.json;
  if (shape == ErrorShape::kS3) return row.s3;
  if (shape == ErrorShape::kEc2 && &row == &kDenial) return "UnauthorizedOperation";
  if (shape == ErrorShape::kEc2 && &row == &kBadToken) return "AuthFailure";
  return row.query;
}

// Control bytes and line breaks would split the one line that log pipelines see; header values
// cannot have them at all.
std::string one_line(std::string_view text, std::size_t bytes_max) {
  std::string out;
  for (const char c : text) {
    if (out.size() >= bytes_max) break;
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  // Never end inside a UTF-8 sequence.
  if (text.size() > bytes_max) {
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xc0) == 0x80) out.pop_back();
    if (!out.empty() && static_cast<unsigned char>(out.back()) >= 0x80) out.pop_back();
  }
  return out;
}

// XML cannot carry every text; what it cannot becomes '?'.
std::string xml_text(std::string_view text) {
  if (codec::is_xml_text(text)) return std::string(text);
  std::string out;
  for (const char c : text)
    out += static_cast<unsigned char>(c) < 0x80 && static_cast<unsigned char>(c) >= 0x20 ? c : '?';
  return out;
}

std::string json_body(const RefusalText& text, ErrorShape shape) {
  std::string body;
  codec::JsonWriter json(body);
  json.begin_object();
  if (shape == ErrorShape::kJson) json.member("__type", text.code);
  json.member("message", text.message).member("Message", text.message).end_object();
  return body;
}

std::string cbor_body(const RefusalText& text) {
  std::string body;
  const codec::Value value(
      codec::Object{{"__type", codec::Value(text.code)}, {"message", codec::Value(text.message)}});
  // Two texts always fit: write_cbor fails on numbers alone.
  if (!codec::write_cbor(body, value)) body.clear();
  return body;
}

std::string xml_body(const RefusalText& text, ErrorShape shape, std::string_view request_id) {
  std::string body;
  codec::XmlWriter xml(body);
  const auto id = xml_text(request_id);
  const auto message = xml_text(text.message);
  const auto type = text.status >= 500 ? "Receiver" : "Sender";
  xml.declaration();
  switch (shape) {
    case ErrorShape::kEc2:
      xml.open("Response")
          .open("Errors")
          .open("Error")
          .leaf("Code", text.code)
          .leaf("Message", message)
          .close()
          .close();
      xml.leaf("RequestID", id).close();
      break;
    case ErrorShape::kS3:
      xml.open("Error")
          .leaf("Code", text.code)
          .leaf("Message", message)
          .leaf("RequestId", id)
          .leaf("HostId", id)
          .close();
      break;
    default:
      xml.open("ErrorResponse")
          .open("Error")
          .leaf("Type", type)
          .leaf("Code", text.code)
          .leaf("Message", message)
          .close();
      xml.leaf("RequestId", id).close();
      break;
  }
  return body;
}

std::string_view content_type(ErrorShape shape) {
  switch (shape) {
    case ErrorShape::kJson: return "application/x-amz-json-1.1";
    case ErrorShape::kRestJson: return "application/json";
    case ErrorShape::kCbor: return "application/cbor";
    case ErrorShape::kQuery:
    case ErrorShape::kEc2: return "text/xml;charset=UTF-8";
    case ErrorShape::kRestXml:
    case ErrorShape::kS3: return "application/xml";
  }
  return "application/json";
}

}  // namespace

ErrorShape error_shape(const journey::Call& call) {
  switch (call.protocol) {
    case Protocol::kJson10:
    case Protocol::kJson11: return ErrorShape::kJson;
    case Protocol::kQuery: return ErrorShape::kQuery;
    case Protocol::kEc2: return ErrorShape::kEc2;
    case Protocol::kRestJson: return ErrorShape::kRestJson;
    case Protocol::kRpcV2Cbor: return ErrorShape::kCbor;
    case Protocol::kRestXml:
      return call.operation.service().name() == "s3" ? ErrorShape::kS3 : ErrorShape::kRestXml;
  }
  return ErrorShape::kRestJson;
}

ErrorShape guess_error_shape(const journey::RequestHead& head) {
  bool json = false;
  for (const auto& [name, value] : head.headers.fields()) {
    if (name == "smithy-protocol") return ErrorShape::kCbor;
    json = json || name == "x-amz-target";
  }
  if (json) return ErrorShape::kJson;
  const RequestView view{.method = head.method,
                         .target = head.target,
                         .headers = &head.headers,
                         .host = "",
                         .body = ""};
  const auto scope = credential_scope(view);
  const auto service = scope && *scope ? (*scope)->service : std::string_view();
  if (service == "ec2") return ErrorShape::kEc2;
  if (service.starts_with("s3")) return ErrorShape::kS3;
  if (service == "route53" || service == "cloudfront") return ErrorShape::kRestXml;
  const auto type = head.headers.one("content-type").value_or("");
  if (media_type_is(type.substr(0, type.find(';')), "application/x-www-form-urlencoded"))
    return ErrorShape::kQuery;
  return ErrorShape::kRestJson;
}

RefusalText refusal_text(const Error& error, ErrorShape shape) {
  const auto& row = row_of(error.code);
  const bool rpc = shape == ErrorShape::kJson || shape == ErrorShape::kCbor;
  const int status = rpc && row.status < 429 ? 400 : row.status;
  return {std::string(code_in(row, shape)), status, one_line(error.message, kSentenceBytesMax)};
}

ErrorReply error_reply(const RefusalText& text, ErrorShape shape, std::string_view request_id,
                       bool head_method) {
  ErrorReply reply;
  reply.head.status = text.status;
  auto& headers = reply.head.headers;
  headers.add("x-amzn-requestid", std::string(request_id));
  headers.add("x-amz-request-id", std::string(request_id));
  if (shape == ErrorShape::kS3) headers.add("x-amz-id-2", std::string(request_id));
  if (is_json_family(shape)) headers.add("x-amzn-errortype", text.code);
  if (shape == ErrorShape::kCbor) headers.add("smithy-protocol", "rpc-v2-cbor");
  if (head_method) return reply;
  headers.add("content-type", std::string(content_type(shape)));
  if (shape == ErrorShape::kCbor) {
    reply.body = cbor_body(text);
  } else {
    reply.body = is_json_family(shape) ? json_body(text, shape) : xml_body(text, shape, request_id);
  }
  return reply;
}

journey::Refusal make_refusal(const Error& error, ErrorShape shape, const RefusalFacts& facts) {
  auto reply = error_reply(refusal_text(error, shape), shape, facts.id, facts.head_method);
  auto& headers = reply.head.headers;
  headers.add("x-strait-id", facts.id);
  headers.add("x-strait-decision", std::string(facts.decision));
  if (!facts.rule.empty()) headers.add("x-strait-rule", one_line(facts.rule, 256));
  if (!facts.help.empty()) headers.add("x-strait-help", one_line(facts.help, 512));
  headers.add("x-strait-retry", std::string(facts.retry));
  return {error, std::move(reply.head), std::move(reply.body)};
}

std::string denial_sentence(std::string_view session_arn, const journey::Verdict& verdict,
                            std::string_view id, std::string_view retry,
                            std::string_view next_step) {
  const auto rule = verdict.decided_by.empty() ? std::string("none") : verdict.decided_by[0].str();
  std::string tail = " [strait " + std::string(id) + " rule=" + one_line(rule, 120) +
                     " retry=" + std::string(retry) + "]. " + one_line(next_step, 160);
  std::string head = "User: " + one_line(session_arn, 160) +
                     " is not authorized to perform: " + one_line(verdict.action, 80) +
                     " on resource: ";
  // The resource and the reason give way first: the id and the next step must always be there to
  // read.
  const auto fixed = head.size() + tail.size() + std::string_view(" because ").size();
  const auto room = fixed < kSentenceBytesMax ? kSentenceBytesMax - fixed : 0;
  const auto why = one_line(verdict.why, room / 2);
  const auto resource = one_line(verdict.resource, room - why.size());
  return one_line(head + resource + " because " + why + tail, kSentenceBytesMax);
}

}  // namespace strait::wire
