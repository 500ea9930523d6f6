// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

// Certificates that Strait makes itself: throw-away ones for `strait dev` and tests, and leaves
// under the proxy's own CA (RFC 5280). Keys are P-256, signatures ecdsa-with-SHA256, serial numbers
// 127 random bits.
namespace strait::crypto {

struct CertificateSpec {
  std::string common_name;
  std::vector<std::string> dns_names = {};     // "localhost", "*.s3.eu-west-1.amazonaws.com"
  std::vector<std::string> ip_addresses = {};  // text form, v4 or v6
  Timestamp not_before;
  Timestamp not_after;
  bool is_ca = false;  // path length 0: it may sign leaves only
  std::vector<std::string> permitted_dns =
      {};  // for a CA: critical name constraints, "amazonaws.com" and all below it, and no address
};

struct Certificate {
  std::string certificate_pem;  // the leaf alone
  Secret key_pem;               // PKCS #8, unencrypted
};

// Errors are kInvalidConfiguration: no name at all, a name that is no DNS name, an unreadable
// address or issuer, an issuer that is no CA, or a period that ends before it starts.
Result<Certificate> make_self_signed(const CertificateSpec& spec);
Result<Certificate> make_signed(const CertificateSpec& spec, const Certificate& issuer);

// What a certificate says of itself, for whoever holds one that was made earlier.
struct CertificateFacts {
  Timestamp not_after;
  std::vector<std::string> permitted_dns;
};
Result<CertificateFacts> read_facts(const std::string& certificate_pem);

}  // namespace strait::crypto
