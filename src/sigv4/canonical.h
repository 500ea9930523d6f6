// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string_view>

#include "journey/http.h"
#include "sigv4/text_writer.h"

// The canonical request: the one text that client and server sign. Built from the raw request,
// before anything is decoded: two requests share one only when they decode to the same, or differ
// in the segments that kNormalised merges. Pure; appends to the caller's text.
//
// Source: "Create a canonical request", AWS IAM user guide; the behaviour of botocore 1.43 where
// the guide is silent.
namespace strait::sigv4 {

enum class PathStyle {
  kAsSent,      // S3 and its kin: one encoding, nothing merged
  kEncoded,     // encoded once more, nothing merged
  kNormalised,  // dot segments resolved, empty segments dropped, then encoded once more: every
                // other service
};

// s3, s3-outposts, s3-object-lambda and s3express sign the path as sent, all others the normalised
// one.
PathStyle path_style(std::string_view signing_name);

// Whether AWS demands x-amz-content-sha256 of requests signed under this name: the same four.
bool is_s3_like(std::string_view signing_name);

void append_canonical_path(TextWriter& out, std::string_view path, PathStyle style);

// Pairs sorted by name, then value. Escapes stay as the client wrote them; other reserved bytes are
// escaped.
void append_canonical_query(TextWriter& out, std::string_view query);

// "name:value\n" for each of `names`. Values of a repeated header are joined by commas, runs of
// spaces become one. False when one of `names` is not there: then the request cannot be verified.
[[nodiscard]] bool append_canonical_headers(TextWriter& out, const journey::Headers& headers,
                                            std::span<const std::string_view> names);

struct CanonicalRequest {
  std::string_view method;
  std::string_view path;
  std::string_view query;
  const journey::Headers* headers;          // never null
  std::span<const std::string_view> names;  // signed headers: lower-case, sorted
  std::string_view signed_headers;          // the same, joined by ';'
  std::string_view payload_hash;  // hex digest, or UNSIGNED-PAYLOAD, or a STREAMING-... word
  PathStyle style = PathStyle::kNormalised;
};
// False as append_canonical_headers.
[[nodiscard]] bool append_canonical_request(TextWriter& out, const CanonicalRequest& request);

}  // namespace strait::sigv4
