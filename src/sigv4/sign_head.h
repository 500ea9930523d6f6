// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "crypto/hmac.h"
#include "journey/http.h"
#include "sigv4/authorization.h"
#include "sigv4/canonical.h"
#include "sigv4/credentials.h"

namespace strait::sigv4 {

// kUnavailable when there is no credential, or it has expired.
Status check_usable(const AwsCredentials& credentials, Timestamp now);

// host, x-amz-date and, for temporary credentials, x-amz-security-token.
void add_identity_headers(journey::RequestHead& head, std::string_view host,
                          std::string_view amz_date, const AwsCredentials& credentials);

struct HeadSignature {
  std::string_view access_key_id;
  Scope scope;
  std::string_view amz_date;
  std::string_view payload_hash;
  PathStyle style = PathStyle::kNormalised;
  const crypto::HmacKey* key = nullptr;  // never null
};

// Whether a header goes into the signature. Those that describe the hop, not the request, do not:
// whoever carries the bytes may have to write them anew (connection, expect,
// transfer-encoding, user-agent, ...).
bool is_signed_outbound(std::string_view name);

// Adds the Authorization header to a head that is otherwise complete, and returns the signature in
// hex: the seed of chunk signatures.
crypto::HexDigest sign_head(journey::RequestHead& head, const HeadSignature& with);

}  // namespace strait::sigv4
