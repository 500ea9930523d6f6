// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journey/http.h"
#include "sigv4/signature_fields.h"

// What a request says about who signed it: the header form of Signature Version 4 with HMAC-SHA256,
// and nothing else. Every other form (SigV4A, SigV2, Bearer, presigned, two at once) is refused
// with kUnsupported or kMalformedRequest and a message that names it. Nothing here is checked
// against a key. Views point into the request head.
//
// Source: "Create a signed AWS API request", AWS IAM user guide.
namespace strait::sigv4 {

inline constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

struct Scope {
  std::string_view date;     // "20150830"
  std::string_view region;   // "us-east-1"
  std::string_view service;  // the signing name: "execute-api"
};

// The order of signed headers. Names are not empty, and most differ in their first letter.
inline bool precedes(std::string_view a, std::string_view b) {
  return a[0] != b[0] ? a[0] < b[0] : a < b;
}

struct Authorization {
  std::string_view access_key_id;
  Scope scope;
  std::string_view signed_headers;      // "host;x-amz-date", as written
  std::vector<std::string_view> names;  // the same, one by one: lower-case, sorted, each once
  std::string_view signature;           // 64 lower-case hex digits

  bool signs(std::string_view name) const;
};

// The value of an Authorization header. Credential, SignedHeaders and Signature, once each, in any
// order, separated by a comma and any number of spaces.
Result<Authorization> parse_authorization(std::string_view header);

// The authorization of a whole request: the header, once, and no credential in the query string.
// `fields` are those of `head`.
Result<Authorization> authorization_of(const journey::RequestHead& head,
                                       const SignatureFields& fields);

// Who the request claims to be: what identity opens before anything is verified. kUnknownSession
// when there is no session token, because every credential of Strait has one.
struct Claim {
  std::string_view access_key_id;
  std::string_view session_token;
};
Result<Claim> claim_of(const journey::RequestHead& head);

}  // namespace strait::sigv4
