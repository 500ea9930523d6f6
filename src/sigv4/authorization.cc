// SPDX-License-Identifier: Apache-2.0
#include "sigv4/authorization.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "base/bytes.h"
#include "codec/uri.h"

namespace strait::sigv4 {
namespace {

constexpr std::string_view kAdvice =
    "; sign with AWS Signature Version 4 in the Authorization header (AWS4-HMAC-SHA256)";

// What a character may be part of.
enum : std::uint8_t {
  kDigit = 1,
  kLowerHex = 2,
  kAlnum = 4,
  kScopeWord = 8,  // of a region or service: a plain name
  kSignedName =
      16  // of a header name in SignedHeaders: an RFC 9110 token without upper-case letters
};

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> table{};
  const auto add = [&](std::string_view characters, int classes) {
    for (const char c : characters)
      table[static_cast<unsigned char>(c)] |= static_cast<std::uint8_t>(classes);
  };
  add("0123456789", kDigit | kLowerHex | kAlnum | kScopeWord | kSignedName);
  add("abcdef", kLowerHex);
  add("abcdefghijklmnopqrstuvwxyz", kAlnum | kScopeWord | kSignedName);
  add("ABCDEFGHIJKLMNOPQRSTUVWXYZ", kAlnum | kScopeWord);
  add("-_.", kScopeWord);
  add("!#$%&'*+-.^_`|~", kSignedName);
  return table;
}
constexpr auto kClasses = make_classes();

// Whether all of `text` is of a class. Looks at every character: text that fits is the usual case.
[[gnu::noinline]] bool is_all(std::uint8_t of, std::string_view text) {
  for (const char c : text) of &= kClasses[static_cast<unsigned char>(c)];
  return of != 0;
}

// The same of what nearly every text consists of, sixteen characters at a time: false says nothing.
template <class Fits>
bool is_plainly(std::string_view text, Fits fits) {
  using Characters = std::uint8_t __attribute__((vector_size(16)));
  if (text.size() < sizeof(Characters)) return false;
  const auto fitting = [&](std::size_t at) {
    Characters characters;
    std::memcpy(&characters, text.data() + at, sizeof(characters));
    return fits(characters);
  };
  const auto last = text.size() - sizeof(Characters);
  auto all = fitting(last);
  for (std::size_t at = 0; at < last; at += sizeof(Characters)) all &= fitting(at);
  std::array<std::uint64_t, 2> words;
  std::memcpy(words.data(), &all, sizeof(all));
  return (words[0] & words[1]) == ~std::uint64_t{0};
}

bool is_lower_hex(std::string_view text) {
  return is_plainly(text, [](auto c) { return (c - '0' < 10) | (c - 'a' < 6); }) ||
         is_all(kLowerHex, text);
}

// Of names joined by semicolons.
bool is_plain_list(std::string_view text) {
  return is_plainly(
      text, [](auto c) { return (c - 'a' < 26) | (c - '0' < 10) | (c == '-') | (c == ';'); });
}

bool is_scope_word(std::string_view word) {
  return !word.empty() && word.size() <= 64 && is_all(kScopeWord, word);
}

std::unexpected<Error> malformed(std::string_view what) {
  return fail(ErrorCode::kMalformedRequest, "the Authorization header " + std::string(what));
}

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

Status read_credential(std::string_view text, Authorization& out) {
  std::array<std::string_view, 5> part;
  for (std::size_t at = 0; at < part.size(); ++at) {
    const auto slash = text.find('/');
    if ((slash == std::string_view::npos) != (at == part.size() - 1))
      return malformed("has a Credential that is not id/date/region/service/aws4_request");
    part[at] = text.substr(0, slash);
    text.remove_prefix(slash == std::string_view::npos ? text.size() : slash + 1);
  }
  const bool id_fits = part[0].size() >= 4 && part[0].size() <= 128 && is_all(kAlnum, part[0]);
  if (!id_fits) return malformed("has an access key id that is not letters and digits");
  if (part[1].size() != 8 || !is_all(kDigit, part[1]))
    return malformed("has a scope date that is not YYYYMMDD");
  if (!is_scope_word(part[2]) || !is_scope_word(part[3]))
    return malformed("has a scope region or service that is not one plain name");
  if (part[4] != "aws4_request") return malformed("has a scope that does not end in aws4_request");
  out.access_key_id = part[0];
  out.scope = {part[1], part[2], part[3]};
  return {};
}

Status read_signed_headers(std::string_view text, Authorization& out) {
  out.signed_headers = text;
  out.names.reserve(16);
  const bool plain = is_plain_list(text);
  while (true) {
    const auto end = text.find(';');
    const auto name = text.substr(0, end);
    if (name.empty() || !(plain || is_all(kSignedName, name)))
      return malformed("has a SignedHeaders list that is not lower-case names");
    if (!out.names.empty() && !precedes(out.names.back(), name))
      return malformed("has SignedHeaders that are not sorted, each once");
    out.names.push_back(name);
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
}

Status read_signature(std::string_view text, Authorization& out) {
  if (text.size() != 64 || !is_lower_hex(text))
    return malformed("has a Signature that is not 64 lower-case hex digits");
  out.signature = text;
  return {};
}

std::unexpected<Error> unsupported(std::string_view form) {
  return fail(ErrorCode::kUnsupported, std::string(form) + std::string(kAdvice));
}

std::unexpected<Error> name_other_form(std::string_view header) {
  const auto scheme = header.substr(0, header.find(' '));
  if (scheme.starts_with("AWS4-ECDSA-P256-SHA256"))
    return unsupported("Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not supported");
  if (scheme == "AWS") return unsupported("Signature Version 2 (`AWS` scheme) is not supported");
  if (scheme == "AWS3" || scheme == "AWS3-HTTPS")
    return unsupported("Signature Version 3 (`AWS3` scheme) is not supported");
  if (scheme.size() == 6 && std::ranges::equal(scheme, std::string_view("bearer"),
                                               [](char a, char b) { return (a | 0x20) == b; }))
    return unsupported("Bearer tokens are not accepted in place of a signature");
  if (scheme == kAlgorithm) return malformed("names AWS4-HMAC-SHA256 and nothing else");
  return unsupported("the authorization scheme " + quoted(scheme, 40) + " is not supported");
}

enum class QueryAuth { kNone, kSigV2, kSigV4, kSigV4A };

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() && std::ranges::equal(text, lower, [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? a | 0x20 : a) == b;
         });
}

// Whether the query string carries a credential. Names are compared decoded and in any case: a form
// that some server might take for a credential is one here.
QueryAuth query_auth(std::string_view query) {
  auto found = QueryAuth::kNone;
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto pair = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    auto name = pair.substr(0, pair.find('='));
    std::string decoded;
    if (name.find('%') != std::string_view::npos) {
      decoded = codec::percent_decode(name).value_or(std::string());
      name = decoded;
    }
    if (equals_ignoring_case(name, "x-amz-region-set")) return QueryAuth::kSigV4A;
    if (equals_ignoring_case(name, "x-amz-algorithm")) {
      if (pair.find("ECDSA") != std::string_view::npos) return QueryAuth::kSigV4A;
      found = QueryAuth::kSigV4;
    }
    if (equals_ignoring_case(name, "x-amz-signature") ||
        equals_ignoring_case(name, "x-amz-credential") ||
        equals_ignoring_case(name, "x-amz-security-token"))
      found = QueryAuth::kSigV4;
    if (equals_ignoring_case(name, "awsaccesskeyid")) found = QueryAuth::kSigV2;
  }
  return found;
}

Status refuse_query_auth(QueryAuth form, bool header_too) {
  if (form == QueryAuth::kNone) return {};
  if (header_too)
    return fail(ErrorCode::kAmbiguousRequest,
                "the request is signed in the Authorization header and in the query string; use "
                "the header alone");
  switch (form) {
    case QueryAuth::kSigV2:
      return unsupported(
          "presigned URLs of Signature Version 2 (AWSAccessKeyId) are not supported");
    case QueryAuth::kSigV4A:
      return unsupported("presigned URLs of Signature Version 4A are not supported");
    case QueryAuth::kSigV4:
      return unsupported("presigned URLs (X-Amz-Signature in the query) are not supported");
    case QueryAuth::kNone: break;
  }
  return {};
}

}  // namespace

bool Authorization::signs(std::string_view name) const {
  return std::ranges::any_of(names, [name](std::string_view one) { return same(one, name); });
}

Result<Authorization> parse_authorization(std::string_view header) {
  if (!header.starts_with(kAlgorithm) || header.substr(kAlgorithm.size(), 1) != " ")
    return name_other_form(header);
  header.remove_prefix(kAlgorithm.size() + 1);
  Authorization out;
  for (int part = 0; part < 3; ++part) {
    const auto comma = header.find(',');
    if ((comma == std::string_view::npos) != (part == 2))
      return malformed("does not have exactly Credential, SignedHeaders and Signature");
    const auto text = trim(header.substr(0, comma));
    header.remove_prefix(comma == std::string_view::npos ? header.size() : comma + 1);
    if (text.starts_with("Credential=") && out.access_key_id.empty()) {
      CHECK_OK(read_credential(text.substr(11), out));
    } else if (text.starts_with("SignedHeaders=") && out.names.empty()) {
      CHECK_OK(read_signed_headers(text.substr(14), out));
    } else if (text.starts_with("Signature=") && out.signature.empty()) {
      CHECK_OK(read_signature(text.substr(10), out));
    } else {
      return malformed("has a part that is unknown or there twice");
    }
  }
  return out;
}

Result<Authorization> authorization_of(const journey::RequestHead& head,
                                       const SignatureFields& fields) {
  const auto headers = fields.authorization.count;
  CHECK_OK(refuse_query_auth(query_auth(head.query()), headers > 0));
  if (headers == 0) {
    return fail(ErrorCode::kInvalidSignature,
                "the request is not signed: it has no Authorization header. Credentials come from "
                "sts:AssumeRoleWithWebIdentity on this endpoint");
  }
  if (headers > 1) return malformed("is there more than once");
  return parse_authorization(fields.authorization.value);
}

Result<Claim> claim_of(const journey::RequestHead& head) {
  const auto fields = signature_fields(head.headers);
  TRY(const auto authorization, authorization_of(head, fields));
  const auto& token = fields.security_token;
  if (token.count > 1)
    return fail(ErrorCode::kMalformedRequest,
                "the x-amz-security-token header is there more than once");
  if (token.value.empty()) {
    return fail(ErrorCode::kUnknownSession,
                "the request has no x-amz-security-token; Strait's credentials always have a "
                "session token, and real "
                "AWS keys are not accepted here");
  }
  return Claim{authorization.access_key_id, token.value};
}

}  // namespace strait::sigv4
