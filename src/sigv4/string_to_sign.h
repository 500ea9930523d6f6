// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "crypto/hmac.h"
#include "sigv4/authorization.h"
#include "sigv4/canonical.h"

namespace strait::sigv4 {

std::string scope_text(const Scope& scope);  // "20150830/us-east-1/s3/aws4_request"

// What is signed for a head: algorithm, date, scope and the digest of the canonical request, a line
// each. Source: "Create a string to sign", AWS IAM user guide.
std::string string_to_sign(std::string_view amz_date, const Scope& scope,
                           std::string_view canonical_request);

// The signature of a head in hex.
crypto::HexDigest head_signature(const CanonicalRequest& request, std::string_view amz_date,
                                 const Scope& scope, const crypto::HmacKey& key);

}  // namespace strait::sigv4
