// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <fmt/format.h>

#include "base/result.h"

namespace strait {

Error::Error() = default;
Error::Error(ErrorCode what, std::string to_agent, std::string to_operator)
    : code(what), message(std::move(to_agent)), detail(std::move(to_operator)) {}
Error::Error(const Error&) = default;
Error::Error(Error&&) noexcept = default;
Error& Error::operator=(const Error&) = default;
Error& Error::operator=(Error&&) noexcept = default;
Error::~Error() = default;

Error error(ErrorCode code, std::string message, std::string detail) {
  return {code, std::move(message), std::move(detail)};
}

std::unexpected<Error> fail(ErrorCode code, std::string message, std::string detail) {
  return std::unexpected(error(code, std::move(message), std::move(detail)));
}

std::string_view name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMalformedRequest: return "malformed_request";
    case ErrorCode::kLimitExceeded: return "limit_exceeded";
    case ErrorCode::kUnsupported: return "unsupported";
    case ErrorCode::kUnknownService: return "unknown_service";
    case ErrorCode::kUnknownOperation: return "unknown_operation";
    case ErrorCode::kAmbiguousRequest: return "ambiguous_request";
    case ErrorCode::kInvalidInput: return "invalid_input";
    case ErrorCode::kInvalidToken: return "invalid_token";
    case ErrorCode::kExpiredToken: return "expired_token";
    case ErrorCode::kInvalidSignature: return "invalid_signature";
    case ErrorCode::kClockSkew: return "clock_skew";
    case ErrorCode::kUnknownSession: return "unknown_session";
    case ErrorCode::kRevoked: return "revoked";
    case ErrorCode::kDenied: return "denied";
    case ErrorCode::kApprovalRequired: return "approval_required";
    case ErrorCode::kApprovalRefused: return "approval_refused";
    case ErrorCode::kThrottled: return "throttled";
    case ErrorCode::kUnavailable: return "unavailable";
    case ErrorCode::kRecorderUnavailable: return "recorder_unavailable";
    case ErrorCode::kUpstreamUnreachable: return "upstream_unreachable";
    case ErrorCode::kUpstreamTimeout: return "upstream_timeout";
    case ErrorCode::kUpstreamInvalid: return "upstream_invalid";
    case ErrorCode::kReplyWithheld: return "reply_withheld";
    case ErrorCode::kInvalidConfiguration: return "invalid_configuration";
    case ErrorCode::kNotFound: return "not_found";
    case ErrorCode::kConflict: return "conflict";
    case ErrorCode::kIo: return "io";
    case ErrorCode::kInternal: return "internal";
  }
  return "internal";
}

std::string quoted(std::string_view text, std::size_t bytes_max) {
  std::string out = "`";
  for (const char c : text.substr(0, bytes_max)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7e || c == '`' || c == '\\') {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  if (text.size() > bytes_max) out += "...";
  return out += '`';
}

}  // namespace strait
