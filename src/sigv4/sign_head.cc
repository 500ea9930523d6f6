// SPDX-License-Identifier: Apache-2.0
#include "sigv4/sign_head.h"

#include "base/bytes.h"
#include "sigv4/string_to_sign.h"
#include "sigv4/text_writer.h"

namespace strait::sigv4 {
namespace {

SortedFields signed_fields(const journey::Headers& headers) {
  SortedFields out;
  out.reserve(headers.fields().size());
  for (const auto& field : headers.fields()) {
    if (!is_signed_outbound(field.first)) continue;
    out.push_back(field);
    auto* place = &out.back();
    for (; place != out.data() && precedes(field.first, place[-1].first); --place)
      *place = place[-1];
    *place = field;
  }
  return out;
}

// The names, joined by semicolons.
std::string_view joined_names(TextWriter& out, const SortedFields& fields) {
  std::string_view last;
  for (const auto& [name, value] : fields) {
    if (!same(name, last)) out.put(name, ";");
    last = name;
  }
  return out.text().substr(0, out.text().size() - (fields.empty() ? 0 : 1));
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
  const auto fields = signed_fields(head.headers);
  thread_local char names_room[512];  // not on the stack, as in head_signature()
  TextWriter names(names_room);
  const auto signed_headers = joined_names(names, fields);
  const CanonicalRequest request{.method = head.method,
                                 .path = head.path(),
                                 .query = head.query(),
                                 .fields = fields,
                                 .signed_headers = signed_headers,
                                 .payload_hash = with.payload_hash,
                                 .style = with.style};
  const auto signature = head_signature(request, with.amz_date, with.scope, *with.key);
  thread_local char value_room[1024];
  TextWriter value(value_room);
  value.put(kAlgorithm, " Credential=", with.access_key_id, "/", with.scope.date, "/",
            with.scope.region, "/", with.scope.service,
            "/aws4_request, SignedHeaders=", signed_headers,
            ", Signature=", crypto::view(signature));
  head.headers.set("authorization", value.text());
  return signature;
}

}  // namespace strait::sigv4
