// SPDX-License-Identifier: Apache-2.0
#include "sigv4/payload.h"

#include <algorithm>

namespace strait::sigv4 {
namespace {

bool is_digest(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

Result<PayloadForm> payload_form(const Single& content_sha256) {
  if (content_sha256.count == 0) return PayloadForm::kAbsent;
  if (content_sha256.count > 1)
    return fail(ErrorCode::kMalformedRequest,
                "the x-amz-content-sha256 header is there more than once");
  const auto text = content_sha256.value;
  if (is_digest(text)) return PayloadForm::kDigest;
  if (text == kUnsignedPayload) return PayloadForm::kUnsigned;
  if (text == kStreamingUnsignedTrailer) return PayloadForm::kUnsignedTrailer;
  if (text == kStreamingSigned) return PayloadForm::kSigned;
  if (text == kStreamingSignedTrailer) return PayloadForm::kSignedTrailer;
  if (text.starts_with("STREAMING-AWS4-ECDSA"))
    return fail(ErrorCode::kUnsupported,
                "payloads signed with Signature Version 4A are not supported");
  if (text == "STREAMING-AWS4-HMAC-SHA256-EVENTS")
    return fail(ErrorCode::kUnsupported, "signed event streams in requests are not supported");
  return fail(ErrorCode::kMalformedRequest,
              "x-amz-content-sha256 " + quoted(text, 80) +
                  " is neither 64 lower-case hex digits nor a known form");
}

Status check_payload_form(PayloadForm form, journey::Payload payload, bool modelled_unsigned) {
  switch (payload) {
    case journey::Payload::kNone:
      if (!is_aws_chunked(form)) return {};
      return fail(ErrorCode::kMalformedRequest,
                  "x-amz-content-sha256 announces aws-chunked, but there is no body");
    case journey::Payload::kBuffered:
      if (is_aws_chunked(form)) {
        return fail(ErrorCode::kUnsupported,
                    "aws-chunked is taken for streamed object bodies only; send this operation "
                    "with the digest of its "
                    "body in x-amz-content-sha256");
      }
      if (form == PayloadForm::kUnsigned && !modelled_unsigned) {
        return fail(ErrorCode::kUnsupported,
                    "UNSIGNED-PAYLOAD is not accepted for this operation, because its parameters "
                    "are in the body; turn "
                    "payload signing on in the client");
      }
      return {};
    case journey::Payload::kStreamed: return {};  // without the header it was read whole
  }
  return fail(ErrorCode::kInternal, "a payload of no known kind");
}

}  // namespace strait::sigv4
