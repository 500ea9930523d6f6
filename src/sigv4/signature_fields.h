// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string_view>

#include "journey/http.h"

namespace strait::sigv4 {

// A header that must not be there twice: how often it is, and what it says the last time.
struct Single {
  std::size_t count = 0;
  std::string_view value;
};

// The headers by which a signature is checked, found in one pass. Views point into the request
// head.
struct SignatureFields {
  Single authorization;
  Single host;
  Single date;            // x-amz-date
  Single content_sha256;  // x-amz-content-sha256
  Single security_token;  // x-amz-security-token
};
SignatureFields signature_fields(const journey::Headers& headers);

}  // namespace strait::sigv4
