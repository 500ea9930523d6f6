// SPDX-License-Identifier: Apache-2.0
#include "sigv4/sign_head.h"

#include <algorithm>
#include <vector>

#include "sigv4/string_to_sign.h"
#include "sigv4/text_writer.h"

namespace strait::sigv4 {
namespace {

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
  switch (name.size()) {
    case 2: return name != "te";
    case 6: return name != "expect";
    case 7: return name != "trailer" && name != "upgrade";
    case 10: return name != "connection" && name != "keep-alive" && name != "user-agent";
    case 13: return name != "authorization";
    case 15: return name != "accept-encoding";
    case 17: return name != "transfer-encoding";
    case 19: return name != "proxy-authorization";
    default: return true;
  }
}

void add_identity_headers(journey::RequestHead& head, std::string_view host,
                          std::string_view amz_date, const AwsCredentials& credentials) {
  head.headers.set("host", host);
  head.headers.set("x-amz-date", amz_date);
  if (!credentials.session_token.empty())
    head.headers.set("x-amz-security-token", credentials.session_token.reveal());
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

crypto::HexDigest sign_head(journey::RequestHead& head, const HeadSignature& with) {
  const auto names = signed_names(head.headers);
  thread_local char names_room[512];  // not on the stack, as in head_signature()
  TextWriter joined(names_room);
  for (std::size_t at = 0; at < names.size(); ++at) joined.put(at == 0 ? "" : ";", names[at]);
  const CanonicalRequest request{.method = head.method,
                                 .path = head.path(),
                                 .query = head.query(),
                                 .headers = &head.headers,
                                 .names = names,
                                 .signed_headers = joined.text(),
                                 .payload_hash = with.payload_hash,
                                 .style = with.style};
  // Every name was taken from these headers a moment ago, so none can be missing.
  const auto signature = *head_signature(request, with.amz_date, with.scope, *with.key);
  thread_local char value_room[1024];
  TextWriter value(value_room);
  value.put(kAlgorithm, " Credential=", with.access_key_id, "/", with.scope.date, "/",
            with.scope.region, "/", with.scope.service,
            "/aws4_request, SignedHeaders=", joined.text(),
            ", Signature=", crypto::view(signature));
  head.headers.set("authorization", value.text());
  return signature;
}

}  // namespace strait::sigv4
