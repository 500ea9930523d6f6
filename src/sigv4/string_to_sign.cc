// SPDX-License-Identifier: Apache-2.0
#include "sigv4/string_to_sign.h"

#include "crypto/sha256.h"

namespace strait::sigv4 {
namespace {

void append_scope(std::string& out, const Scope& scope) {
  out.append(scope.date)
      .append("/")
      .append(scope.region)
      .append("/")
      .append(scope.service)
      .append("/aws4_request");
}

}  // namespace

std::string scope_text(const Scope& scope) {
  std::string out;
  append_scope(out, scope);
  return out;
}

std::string string_to_sign(std::string_view amz_date, const Scope& scope,
                           std::string_view canonical_request) {
  std::string out;
  out.reserve(192);
  out.append(kAlgorithm).append("\n").append(amz_date).append("\n");
  append_scope(out, scope);
  out.append("\n").append(crypto::sha256_hex(canonical_request));
  return out;
}

}  // namespace strait::sigv4
