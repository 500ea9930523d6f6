// SPDX-License-Identifier: Apache-2.0
#include "sigv4/sign_head.h"

#include <algorithm>
#include <array>
#include <vector>

#include "crypto/sha256.h"
#include "sigv4/string_to_sign.h"

namespace strait::sigv4 {
namespace {

constexpr std::array<std::string_view, 11> kHopHeaders = {"accept-encoding",
                                                          "authorization",
                                                          "connection",
                                                          "expect",
                                                          "keep-alive",
                                                          "proxy-authorization",
                                                          "te",
                                                          "trailer",
                                                          "transfer-encoding",
                                                          "upgrade",
                                                          "user-agent"};

std::vector<std::string_view> signed_names(const journey::Headers& headers) {
  std::vector<std::string_view> names;
  names.reserve(headers.fields().size());
  for (const auto& field : headers.fields()) {
    if (is_signed_outbound(field.first)) names.push_back(field.first);
  }
  std::ranges::sort(names);
  const auto again = std::ranges::unique(names);
  names.erase(again.begin(), again.end());
  return names;
}

}  // namespace

bool is_signed_outbound(std::string_view name) {
  return std::ranges::find(kHopHeaders, name) == kHopHeaders.end();
}

void add_identity_headers(journey::RequestHead& head, std::string_view host,
                          std::string_view amz_date, const AwsCredentials& credentials) {
  head.headers.set("host", std::string(host));
  head.headers.set("x-amz-date", std::string(amz_date));
  if (!credentials.session_token.empty())
    head.headers.set("x-amz-security-token", std::string(credentials.session_token.reveal()));
}

Status check_usable(const AwsCredentials& credentials, Timestamp now) {
  if (credentials.access_key_id.empty() || credentials.secret_key.empty())
    return fail(ErrorCode::kUnavailable, "the connection has no AWS credential");
  if (credentials.expires && *credentials.expires <= now) {
    return fail(ErrorCode::kUnavailable, "the connection's AWS credential has expired",
                "it expired at " + rfc3339(*credentials.expires));
  }
  return {};
}

std::string sign_head(journey::RequestHead& head, const HeadSignature& with) {
  const auto names = signed_names(head.headers);
  std::string joined;
  joined.reserve(256);
  for (const auto name : names) {
    if (!joined.empty()) joined += ';';
    joined += name;
  }
  std::string canonical;
  canonical.reserve(head.target.size() + 2048);
  const CanonicalRequest request{.method = head.method,
                                 .path = head.path(),
                                 .query = head.query(),
                                 .headers = &head.headers,
                                 .names = names,
                                 .signed_headers = joined,
                                 .payload_hash = with.payload_hash,
                                 .style = with.style};
  // Every name was taken from these headers a moment ago, so none can be missing.
  [[maybe_unused]] const bool complete = append_canonical_request(canonical, request);
  auto signature =
      crypto::hex(with.key->sign(string_to_sign(with.amz_date, with.scope, canonical)));

  std::string value;
  value.reserve(256 + joined.size());
  value.append(kAlgorithm).append(" Credential=").append(with.access_key_id).append("/");
  value.append(with.scope.date)
      .append("/")
      .append(with.scope.region)
      .append("/")
      .append(with.scope.service);
  value.append("/aws4_request, SignedHeaders=")
      .append(joined)
      .append(", Signature=")
      .append(signature);
  head.headers.set("authorization", std::move(value));
  return signature;
}

}  // namespace strait::sigv4
