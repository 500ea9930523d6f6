// SPDX-License-Identifier: Apache-2.0
#include "sigv4/own_request.h"

#include <fmt/format.h>

#include "crypto/sha256.h"
#include "sigv4/canonical.h"
#include "sigv4/key_cache.h"
#include "sigv4/sign_head.h"

namespace strait::sigv4 {

Result<journey::RequestHead> sign_own(journey::RequestHead head, std::string_view body,
                                      const Target& target, const AwsCredentials& credentials,
                                      Timestamp now) {
  CHECK_OK(check_usable(credentials, now));
  const auto date = amz_date(now);
  const Scope scope{std::string_view(date).substr(0, 8), target.region, target.service};
  const auto key = derive_signing_key(credentials.secret_key.reveal(), scope);
  const auto hash = crypto::sha256_hex(body);
  add_identity_headers(head, target.host, date, credentials);
  head.headers.set("user-agent", std::string(kUserAgent));
  if (is_s3_like(target.service)) head.headers.set("x-amz-content-sha256", hash);
  head.headers.set("content-length", fmt::format_int(body.size()).str());
  sign_head(head, {.access_key_id = credentials.access_key_id,
                   .scope = scope,
                   .amz_date = date,
                   .payload_hash = hash,
                   .style = path_style(target.service),
                   .key = &key});
  return head;
}

}  // namespace strait::sigv4
