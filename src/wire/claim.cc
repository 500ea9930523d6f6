// SPDX-License-Identifier: Apache-2.0
#include "wire/claim.h"

#include <algorithm>

#include "base/bytes.h"

namespace strait::wire {
namespace {

using Slot = std::optional<std::string_view>;

struct Singletons {
  Slot target, smithy_protocol, content_type, content_encoding, content_length, transfer_encoding;

  // Where the header of that name belongs; nullptr when it is none of them. Lengths tell nearly all
  // names apart.
  Slot* slot_of(std::string_view name) {
    switch (name.size()) {
      case 12:
        return name == "x-amz-target" ? &target : name == "content-type" ? &content_type : nullptr;
      case 14: return name == "content-length" ? &content_length : nullptr;
      case 15: return name == "smithy-protocol" ? &smithy_protocol : nullptr;
      case 16: return name == "content-encoding" ? &content_encoding : nullptr;
      case 17: return name == "transfer-encoding" ? &transfer_encoding : nullptr;
      default: return nullptr;
    }
  }
};

std::unexpected<Error> repeated(std::string_view name) {
  return fail(ErrorCode::kMalformedRequest, "more than one " + quoted(name) + " header");
}

// Some frameworks let a header replace the method. AWS does not, and what sits between might.
bool overrides_method(std::string_view name) {
  return name == "x-http-method-override" || name == "x-http-method" || name == "x-method-override";
}

Status refuse_impostor(std::string_view name) {
  if (overrides_method(name)) {
    return fail(ErrorCode::kAmbiguousRequest,
                "header " + quoted(name) + " would replace the request's method");
  }
  if (name.starts_with("x_amz")) {
    return fail(ErrorCode::kMalformedRequest,
                "header " + quoted(name) + " imitates an x-amz- header");
  }
  return {};
}

Status read_singletons(const journey::Headers& headers, Singletons& found) {
  for (const auto& [name, value] : headers.fields()) {
    if (auto* slot = found.slot_of(name)) {
      if (*slot) return repeated(name);
      *slot = value;
    } else if (name.starts_with('x')) {
      CHECK_OK(refuse_impostor(name));
    }
  }
  return {};
}

// Whether the query string has the key `Action`, which would be a second claim.
bool has_action_key(std::string_view query) {
  return query.starts_with("Action=") || query.find("&Action=") != std::string_view::npos;
}

// application/x-amz-json-1.0 or -1.1
bool is_json_type(std::string_view content_type) {
  constexpr std::string_view kStem = "application/x-amz-json-1.";
  return content_type.size() == kStem.size() + 1 &&
         (content_type.back() == '0' || content_type.back() == '1') &&
         media_type_is(content_type.substr(0, kStem.size()), kStem);
}

Result<Claim> claim_of(const Singletons& found, const Marks& marks, const RequestView& request) {
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
    if (is_json_type(marks.content_type)) return Claim::kJson;
    if (media_type_is(marks.content_type, "application/x-amz-cbor-1.1")) {
      return fail(ErrorCode::kUnsupported,
                  "CBOR beside X-Amz-Target is not taken: tell the SDK to send JSON (CBOR_ENABLED="
                  "false for the AWS SDK for Java 2, AWS_CBOR_DISABLE=true for Java 1)");
    }
    return fail(ErrorCode::kAmbiguousRequest,
                "X-Amz-Target needs content-type application/x-amz-json-1.0 or -1.1, not " +
                    quoted(marks.content_type));
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
  if (content_type.size() != lower.size()) return false;
  if (same(content_type, lower)) return true;
  const auto fold = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(content_type, lower, {}, fold);
}

Result<Marks> read_marks(const RequestView& request) {
  Singletons found;
  CHECK_OK(read_singletons(*request.headers, found));
  Marks marks;
  marks.target = found.target.value_or("");
  const auto type = found.content_type.value_or("");
  marks.content_type = trimmed(type.substr(0, type.find(';')));
  if (found.content_encoding) {
    const auto encoding = *found.content_encoding;
    marks.aws_chunked = encoding == "aws-chunked" || encoding.starts_with("aws-chunked,");
    marks.compressed = encoding == "gzip";
  }
  marks.announces_body =
      found.transfer_encoding || (found.content_length && *found.content_length != "0");
  TRY(marks.claim, claim_of(found, marks, request));
  return marks;
}

}  // namespace strait::wire
