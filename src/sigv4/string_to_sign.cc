// SPDX-License-Identifier: Apache-2.0
#include "sigv4/string_to_sign.h"

#include "crypto/sha256.h"

namespace strait::sigv4 {
namespace {

constexpr std::string_view kScopeEnd = "/aws4_request";

void append_string_to_sign(TextWriter& out, std::string_view amz_date, const Scope& scope,
                           const crypto::Digest& canonical_request) {
  out.put(kAlgorithm, "\n", amz_date, "\n", scope.date, "/", scope.region, "/", scope.service,
          kScopeEnd, "\n", crypto::view(crypto::hex_digits(canonical_request)));
}

}  // namespace

std::string scope_text(const Scope& scope) {
  char room[256];
  TextWriter out(room);
  out.put(scope.date, "/", scope.region, "/", scope.service, kScopeEnd);
  return std::string(out.text());
}

std::string string_to_sign(std::string_view amz_date, const Scope& scope,
                           std::string_view canonical_request) {
  char room[512];
  TextWriter out(room);
  append_string_to_sign(out, amz_date, scope, crypto::sha256(canonical_request));
  return std::string(out.text());
}

crypto::HexDigest head_signature(const CanonicalRequest& request, std::string_view amz_date,
                                 const Scope& scope, const crypto::HmacKey& key) {
  thread_local char room[2048];  // not on the stack, which is filled with zeros in a hardened build
  TextWriter out(room);
  append_canonical_request(out, request);
  const auto digest = crypto::sha256(out.text());
  out.clear();
  append_string_to_sign(out, amz_date, scope, digest);
  return crypto::hex_digits(key.sign(out.text()));
}

}  // namespace strait::sigv4
