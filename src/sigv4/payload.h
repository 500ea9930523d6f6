// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "journey/call.h"
#include "sigv4/signature_fields.h"

// How a signature binds the body: the forms of x-amz-content-sha256. Pure.
//
// Source: "Signature calculations for the Authorization header", Amazon S3 API reference.
namespace strait::sigv4 {

enum class PayloadForm : std::uint8_t {
  kAbsent,    // no header: the signature covers the digest of the body (every service but S3)
  kDigest,    // 64 hex digits
  kUnsigned,  // UNSIGNED-PAYLOAD
  kUnsignedTrailer,  // STREAMING-UNSIGNED-PAYLOAD-TRAILER: aws-chunked, checksum in a trailer
  kSigned,           // STREAMING-AWS4-HMAC-SHA256-PAYLOAD: aws-chunked, each chunk signed
  kSignedTrailer,    // STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER: the same and a signed trailer
};

inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
inline constexpr std::string_view kStreamingUnsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
inline constexpr std::string_view kStreamingSigned = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
inline constexpr std::string_view kStreamingSignedTrailer =
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
inline constexpr std::string_view kEmptySha256 =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// The form a request declares. Event-stream, SigV4A and unknown forms are refused with a message
// that names them.
Result<PayloadForm> payload_form(const Single& content_sha256);

// Whether a body that arrives as `payload` may be bound like that. UNSIGNED-PAYLOAD leaves a body
// open to change, so it is taken only where no parameter can hide there: no body, a streamed one,
// or an operation that is modelled so
// (`modelled_unsigned`). kUnsupported or kMalformedRequest.
Status check_payload_form(PayloadForm form, journey::Payload payload, bool modelled_unsigned);

constexpr bool is_aws_chunked(PayloadForm form) {
  return form == PayloadForm::kUnsignedTrailer || form == PayloadForm::kSigned ||
         form == PayloadForm::kSignedTrailer;
}

}  // namespace strait::sigv4
