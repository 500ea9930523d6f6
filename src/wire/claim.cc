// SPDX-License-Identifier: Apache-2.0
#include "wire/claim.h"

#include <algorithm>

namespace strait::wire {
namespace {

struct Singletons {
  std::optional<std::string_view> target, smithy_protocol, content_type, content_encoding;
};

Status take(std::optional<std::string_view>& slot, const journey::Headers::Field& field) {
  if (slot) {
    return fail(ErrorCode::kMalformedRequest, "more than one " + quoted(field.first) + " header");
  }
  slot = field.second;
  return {};
}

// Some frameworks let a header replace the method. AWS does not, and what sits between might.
bool overrides_method(std::string_view name) {
  return name == "x-http-method-override" || name == "x-http-method" || name == "x-method-override";
}

Result<Singletons> singletons(const journey::Headers& headers) {
  Singletons found;
  for (const auto& field : headers.fields()) {
    const std::string_view name = field.first;
    if (name == "x-amz-target") {
      CHECK_OK(take(found.target, field));
    } else if (name == "content-type") {
      CHECK_OK(take(found.content_type, field));
    } else if (name == "smithy-protocol") {
      CHECK_OK(take(found.smithy_protocol, field));
    } else if (name == "content-encoding") {
      CHECK_OK(take(found.content_encoding, field));
    } else if (overrides_method(name)) {
      return fail(ErrorCode::kAmbiguousRequest,
                  "header " + quoted(name) + " would replace the request's method");
    } else if (name.find('_') != std::string_view::npos && name.starts_with("x_amz")) {
      return fail(ErrorCode::kMalformedRequest,
                  "header " + quoted(name) + " imitates an x-amz- header");
    }
  }
  return found;
}

// Whether the query string has the key `Action`, which would be a second claim.
bool has_action_key(std::string_view query) {
  return query.starts_with("Action=") || query.find("&Action=") != std::string_view::npos;
}

Result<Claim> claim_of(const Singletons& found, const Marks& marks, const RequestView& request) {
  const bool json_type = media_type_is(marks.content_type, "application/x-amz-json-1.0") ||
                         media_type_is(marks.content_type, "application/x-amz-json-1.1");
  if (found.smithy_protocol) {
    if (found.target || has_action_key(request.query())) {
      return fail(ErrorCode::kAmbiguousRequest,
                  "Smithy-Protocol and another protocol's marks in one request");
    }
    if (*found.smithy_protocol != "rpc-v2-cbor") {
      return fail(ErrorCode::kUnsupported,
                  "Smithy-Protocol " + quoted(*found.smithy_protocol) + " is not known");
    }
    return Claim::kCbor;
  }
  if (found.target) {
    if (has_action_key(request.query())) {
      return fail(ErrorCode::kAmbiguousRequest, "X-Amz-Target and Action in one request");
    }
    if (!json_type) {
      return fail(ErrorCode::kAmbiguousRequest,
                  "X-Amz-Target needs content-type application/x-amz-json-1.0 or -1.1, not " +
                      quoted(marks.content_type));
    }
    return Claim::kJson;
  }
  if (media_type_is(marks.content_type, "application/x-www-form-urlencoded") &&
      request.method == "POST") {
    if (has_action_key(request.query())) {
      return fail(ErrorCode::kAmbiguousRequest,
                  "Action in the query string and a form in the body");
    }
    return Claim::kForm;
  }
  return Claim::kRest;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool media_type_is(std::string_view content_type, std::string_view lower) {
  const auto fold = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(content_type, lower, {}, fold);
}

Result<Marks> read_marks(const RequestView& request) {
  TRY(const auto found, singletons(*request.headers));
  Marks marks;
  marks.target = found.target.value_or("");
  const auto type = found.content_type.value_or("");
  marks.content_type = trimmed(type.substr(0, type.find(';')));
  if (found.content_encoding) {
    const auto encoding = *found.content_encoding;
    marks.aws_chunked = encoding == "aws-chunked" || encoding.starts_with("aws-chunked,");
    marks.compressed = encoding == "gzip";
  }
  TRY(marks.claim, claim_of(found, marks, request));
  return marks;
}

}  // namespace strait::wire
