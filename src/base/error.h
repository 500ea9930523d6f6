// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <utility>

namespace strait {

// What went wrong, as a closed list: a switch over it has no default, so a new code must be
// answered everywhere. The order is that of a request's walk through the house.
enum class ErrorCode {
  // The request cannot be understood, or not in one way only. Nothing was sent.
  kMalformedRequest,  // HTTP or protocol grammar
  kLimitExceeded,     // a limit from base/limits.h
  kUnsupported,       // understood, but a form Strait does not take (SigV4A, presigned, ...)
  kUnknownService,    // no such host, signing name or model
  kUnknownOperation,  // the service has no such operation
  kAmbiguousRequest,  // two readings are possible, or two protocols claim it
  kInvalidInput,      // a parameter does not fit the model
  // Who is asking.
  kInvalidToken,      // OIDC token
  kExpiredToken,      // OIDC token or session
  kInvalidSignature,  // SigV4
  kClockSkew,         // signed too long ago, or in the future
  kUnknownSession,    // access key id that Strait did not issue, or whose token does not open
  kRevoked,
  // The judgement.
  kDenied,
  kApprovalRequired,
  kApprovalRefused,
  kThrottled,
  // Strait or AWS cannot answer; the answer is no.
  kUnavailable,  // policy, keys, approvals, clock or configuration
  kRecorderUnavailable,
  kUpstreamUnreachable,
  kUpstreamTimeout,
  kUpstreamInvalid,  // the reply is not what the operation returns
  kReplyWithheld,    // must be masked and cannot be
  // Outside a request.
  kInvalidConfiguration,
  kNotFound,
  kConflict,
  kIo,
  kInternal,  // a broken invariant of ours
};

// The code's stable spelling, used in JSON, metrics and logs: "kClockSkew" is "clock_skew".
std::string_view name(ErrorCode code);

// An error says one thing to the client and one to the operator. Messages are lower-case sentences
// without a full stop; text from outside stands in backticks, escaped.
//
// All that makes or moves an error is out of line and cold: the compiler then lays every path to an
// error apart from the path that a call takes when nothing is wrong. That path is long and run once
// a call, so what bounds it is how much code it has to fetch.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  // safe to show to an agent
  std::string detail;   // for logs only; may name files and hosts, never secrets

  [[gnu::cold]] Error();
  [[gnu::cold]] Error(ErrorCode code, std::string message, std::string detail = {});
  [[gnu::cold]] Error(const Error&);
  [[gnu::cold]] Error(Error&&) noexcept;
  [[gnu::cold]] Error& operator=(const Error&);
  [[gnu::cold]] Error& operator=(Error&&) noexcept;
  [[gnu::cold]] ~Error();
};

[[gnu::cold]] Error error(ErrorCode code, std::string message, std::string detail = {});

// `text` from outside, for use inside a message: cut at `bytes_max`, control and non-ASCII bytes as
// \xNN, in backticks.
[[gnu::cold]] std::string quoted(std::string_view text, std::size_t bytes_max = 120);
// For std::string of either constness, so that argument-dependent lookup does not find std::quoted
// instead.
inline std::string quoted(const std::string& text, std::size_t bytes_max = 120) {
  return quoted(std::string_view(text), bytes_max);
}
inline std::string quoted(std::string& text, std::size_t bytes_max = 120) {
  return quoted(std::string_view(text), bytes_max);
}

}  // namespace strait
