// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>
#include <string>

#include "sigv4/authorization.h"
#include "sigv4/canonical.h"

// An Authorization header, and the same bytes as a query string. What parses must print back to
// what it says.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strait::sigv4;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto parsed = parse_authorization(text)) {
    std::string joined;
    for (const auto name : parsed->names) joined.append(joined.empty() ? "" : ";").append(name);
    if (joined != parsed->signed_headers || parsed->signature.size() != 64) std::abort();
    const auto again = "AWS4-HMAC-SHA256 Credential=" + std::string(parsed->access_key_id) + "/" +
                       std::string(parsed->scope.date) + "/" + std::string(parsed->scope.region) +
                       "/" + std::string(parsed->scope.service) +
                       "/aws4_request,SignedHeaders=" + joined +
                       ",Signature=" + std::string(parsed->signature);
    if (!parse_authorization(again)) std::abort();
  }
  strait::journey::RequestHead head{"GET", "/?" + std::string(text), {}};
  (void)claim_of(head);
  char room[64];
  TextWriter once(room);
  append_canonical_query(once, text);
  char more_room[64];
  TextWriter twice(more_room);
  append_canonical_query(twice, once.text());
  if (once.text() != twice.text()) std::abort();
  char path_room[64];
  TextWriter path(path_room);
  append_canonical_path(path, text, PathStyle::kNormalised);
  if (!text.empty() && path.text().front() != '/' && text.front() == '/') std::abort();
  return 0;
}
