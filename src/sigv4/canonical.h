// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

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

// Fields by name; those of one name in order of arrival. Views into the head they are of.
using SortedFields = std::vector<journey::Headers::Field>;

// What `names`, lower-case and sorted, name in `headers`. nullopt when one of them is not there:
// then the request cannot be verified.
std::optional<SortedFields> fields_named(const journey::Headers& headers,
                                         std::span<const std::string_view> names);

// "name:value\n" for each name. Values of a repeated field are joined by commas, runs of spaces
// become one.
void append_canonical_headers(TextWriter& out, std::span<const journey::Headers::Field> fields);

struct CanonicalRequest {
  std::string_view method;
  std::string_view path;
  std::string_view query;
  std::span<const journey::Headers::Field> fields;  // the signed ones: SortedFields
  std::string_view signed_headers;                  // their names, joined by ';'
  std::string_view payload_hash;  // hex digest, or UNSIGNED-PAYLOAD, or a STREAMING-... word
  PathStyle style = PathStyle::kNormalised;
};
void append_canonical_request(TextWriter& out, const CanonicalRequest& request);

}  // namespace strait::sigv4
