// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "wire/request_view.h"

namespace strait::wire {
namespace {

constexpr std::string_view kHeader = "authorization";
constexpr std::string_view kSigV4 = "AWS4-HMAC-SHA256 ";

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// The value of the one `Credential=` among comma-separated fields.
std::optional<std::string_view> credential_field(std::string_view fields) {
  std::optional<std::string_view> found;
  while (!fields.empty()) {
    const auto comma = fields.find(',');
    const auto field = trimmed(fields.substr(0, comma));
    if (field.starts_with("Credential=")) {
      if (found) return std::nullopt;
      found = field.substr(11);
    }
    if (comma == std::string_view::npos) break;
    fields.remove_prefix(comma + 1);
  }
  return found;
}

// A signature in the query string: presigned URLs and SigV2.
bool signed_in_query(std::string_view query) {
  if (query.empty()) return false;
  for (const std::string_view mark :
       {"X-Amz-Signature=", "X-Amz-Algorithm=", "X-Amz-Credential=", "AWSAccessKeyId="}) {
    const auto at = query.find(mark);
    if (at != std::string_view::npos && (at == 0 || query[at - 1] == '&')) return true;
  }
  return false;
}

// What a request is that is not signed with SigV4.
[[gnu::noinline]] Result<std::optional<Scope>> other_signature(std::string_view authorization) {
  if (authorization.starts_with("AWS4-ECDSA")) {
    return fail(ErrorCode::kUnsupported,
                "SigV4A signatures are not taken: sign with SigV4 for one region");
  }
  if (authorization.starts_with("AWS ")) {
    return fail(ErrorCode::kUnsupported, "SigV2 signatures are not taken: sign with SigV4");
  }
  return std::nullopt;
}

}  // namespace

Result<std::optional<Scope>> credential_scope(const RequestView& request) {
  if (signed_in_query(request.query())) {
    return fail(ErrorCode::kUnsupported,
                "presigned requests are not taken: send the request with an Authorization header");
  }
  std::string_view authorization;
  for (const auto& [field, value] : request.headers->fields()) {
    const std::string_view name = field;
    if (name.size() != kHeader.size() || name != kHeader) continue;
    if (!authorization.empty())
      return fail(ErrorCode::kMalformedRequest, "more than one Authorization header");
    authorization = value;
  }
  if (!authorization.starts_with(kSigV4)) return other_signature(authorization);

  const auto credential = credential_field(authorization.substr(kSigV4.size()));
  if (!credential)
    return fail(ErrorCode::kMalformedRequest, "the Authorization header has no single Credential");
  std::array<std::string_view, 5> parts;
  std::string_view rest = *credential;
  for (std::size_t at = 0; at < 4; ++at) {
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos) {
      return fail(ErrorCode::kMalformedRequest,
                  "the credential scope needs key id, date, region, service, aws4_request");
    }
    parts[at] = rest.substr(0, slash);
    rest.remove_prefix(slash + 1);
  }
  parts[4] = rest;
  if (parts[4] != "aws4_request" || parts[0].empty() || parts[2].empty() || parts[3].empty()) {
    return fail(ErrorCode::kMalformedRequest,
                "the credential scope needs key id, date, region, service, aws4_request");
  }
  return Scope{parts[0], parts[2], parts[3]};
}

}  // namespace strait::wire
