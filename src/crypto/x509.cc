// SPDX-License-Identifier: Apache-2.0
#include "crypto/x509.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "crypto/evp.h"
#include "crypto/jws.h"
#include "crypto/random.h"

namespace strait::crypto {

using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using Cert = std::unique_ptr<X509, Freer<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;
using Bignum = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using Constraints = std::unique_ptr<NAME_CONSTRAINTS, Freer<NAME_CONSTRAINTS_free>>;
using Octets = std::unique_ptr<ASN1_OCTET_STRING, Freer<ASN1_OCTET_STRING_free>>;

struct CertificateMint {
  static EVP_PKEY* key(const EcSigningKey& key) { return key.key_.get(); }
};

namespace {

std::unexpected<Error> refuse(std::string message) {
  ERR_clear_error();
  return fail(ErrorCode::kInvalidConfiguration, std::move(message));
}

// Labels of letters, digits, hyphens and underscores; a star may be the whole first label. What
// passes cannot carry the commas and colons that OpenSSL's extension syntax gives a meaning.
bool is_dns_name(std::string_view name) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  if (name.empty() || name.size() > 253) return false;
  std::size_t label = 0;
  for (const char c : name) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
      continue;
    }
    const bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '_';
    if (!ok || ++label > 63) return false;
  }
  return label > 0;
}

bool is_address(const std::string& text) {
  const Octets octets(a2i_IPADDRESS(text.c_str()));
  return octets != nullptr;
}

Status check(const CertificateSpec& spec) {
  if (spec.common_name.empty() && spec.dns_names.empty() && spec.ip_addresses.empty()) {
    return refuse("a certificate needs a name");
  }
  if (spec.common_name.size() > 64) return refuse("a common name has at most 64 bytes");
  if (spec.not_after <= spec.not_before) return refuse("a certificate must end after it starts");
  for (const auto* names : {&spec.dns_names, &spec.permitted_dns}) {
    for (const auto& name : *names) {
      if (!is_dns_name(name)) return refuse(quoted(name) + " is no DNS name");
    }
  }
  for (const auto& address : spec.ip_addresses) {
    if (!is_address(address)) return refuse(quoted(address) + " is no IP address");
  }
  if (!spec.permitted_dns.empty() && !spec.is_ca)
    return refuse("only a CA can have name constraints");
  return {};
}

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

std::string alternative_names(const CertificateSpec& spec) {
  std::string out;
  for (const auto& name : spec.dns_names)
    out.append(out.empty() ? "" : ",").append("DNS:").append(name);
  for (const auto& address : spec.ip_addresses)
    out.append(out.empty() ? "" : ",").append("IP:").append(address);
  return out;
}

std::string name_constraints(const CertificateSpec& spec) {
  std::string out = "critical";
  for (const auto& name : spec.permitted_dns) out.append(",permitted;DNS:").append(name);
  // A list of names constrains names alone: addresses must be shut out by themselves.
  return out.append(",excluded;IP:0.0.0.0/0.0.0.0,excluded;IP:0:0:0:0:0:0:0:0/0:0:0:0:0:0:0:0");
}

bool add_extensions(const CertificateSpec& spec, X509* certificate, X509* issuer) {
  bool ok = add_extension(certificate, issuer, NID_basic_constraints,
                          spec.is_ca ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE");
  ok = ok &&
       add_extension(certificate, issuer, NID_key_usage,
                     spec.is_ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
  if (!spec.is_ca) ok = ok && add_extension(certificate, issuer, NID_ext_key_usage, "serverAuth");
  ok = ok && add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
  if (issuer != certificate)
    ok = ok && add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always");
  const auto names = alternative_names(spec);
  if (!names.empty()) ok = ok && add_extension(certificate, issuer, NID_subject_alt_name, names);
  if (!spec.permitted_dns.empty()) {
    ok = ok && add_extension(certificate, issuer, NID_name_constraints, name_constraints(spec));
  }
  return ok;
}

bool set_time(ASN1_TIME* field, Timestamp time) {
  return ASN1_TIME_set(field,
                       std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count()) !=
         nullptr;
}

bool set_serial(X509* certificate) {
  auto serial = random_string(16);
  serial[0] = static_cast<char>(serial[0] & 0x7f);  // positive
  serial[15] = static_cast<char>(serial[15] | 1);   // never zero
  const Bignum number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(serial.data()), 16, nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

Cert read_certificate(const std::string& pem) {
  const Bio bio(require(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), "read memory"));
  return Cert(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

std::string write_certificate(X509* certificate) {
  const Bio bio(require(BIO_new(BIO_s_mem()), "make a buffer"));
  require(PEM_write_bio_X509(bio.get(), certificate) == 1, "write a certificate");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

// `issuer` is null for a certificate that signs itself, with `signer` its own key.
Result<Certificate> make(const CertificateSpec& spec, const EcSigningKey& key, X509* issuer,
                         const EcSigningKey& signer) {
  const Cert certificate(require(X509_new(), "make a certificate"));
  auto* subject = X509_get_subject_name(certificate.get());
  bool ok =
      X509_set_version(certificate.get(), X509_VERSION_3) == 1 && set_serial(certificate.get());
  ok = ok && set_time(X509_getm_notBefore(certificate.get()), spec.not_before) &&
       set_time(X509_getm_notAfter(certificate.get()), spec.not_after);
  if (!spec.common_name.empty()) {
    ok = ok &&
         X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(spec.common_name.data()),
                                    static_cast<int>(spec.common_name.size()), -1, 0) == 1;
  }
  ok = ok && X509_set_pubkey(certificate.get(), CertificateMint::key(key)) == 1;
  auto* parent = issuer != nullptr ? issuer : certificate.get();
  ok = ok && X509_set_issuer_name(certificate.get(), X509_get_subject_name(parent)) == 1;
  ok = ok && add_extensions(spec, certificate.get(), parent);
  ok = ok && X509_sign(certificate.get(), CertificateMint::key(signer), evp_sha256()) > 0;
  if (!ok) return refuse("the certificate cannot be made from these names and times");
  return Certificate{write_certificate(certificate.get()), key.pem()};
}

}  // namespace

Result<Certificate> make_self_signed(const CertificateSpec& spec) {
  CHECK_OK(check(spec));
  const auto key = EcSigningKey::generate();
  return make(spec, key, nullptr, key);
}

Result<Certificate> make_signed(const CertificateSpec& spec, const Certificate& issuer) {
  CHECK_OK(check(spec));
  const auto parent = read_certificate(issuer.certificate_pem);
  if (!parent) return refuse("the issuer's certificate is not readable PEM");
  if (X509_check_ca(parent.get()) != 1) return refuse("the issuer's certificate is no CA");
  TRY(const auto signer, EcSigningKey::from_pem(issuer.key_pem.reveal()));
  if (X509_check_private_key(parent.get(), CertificateMint::key(signer)) != 1) {
    return refuse("the issuer's key does not belong to its certificate");
  }
  return make(spec, EcSigningKey::generate(), parent.get(), signer);
}

Result<CertificateFacts> read_facts(const std::string& certificate_pem) {
  const auto certificate = read_certificate(certificate_pem);
  if (!certificate) return refuse("the certificate is not readable PEM");
  CertificateFacts facts;
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) != 1)
    return refuse("the certificate has no end");
  facts.not_after = Timestamp(std::chrono::seconds(::timegm(&end)));
  const Constraints constraints(static_cast<NAME_CONSTRAINTS*>(
      X509_get_ext_d2i(certificate.get(), NID_name_constraints, nullptr, nullptr)));
  const auto* permitted = constraints ? constraints->permittedSubtrees : nullptr;
  for (int at = 0; at < sk_GENERAL_SUBTREE_num(permitted); ++at) {
    const auto* base = sk_GENERAL_SUBTREE_value(permitted, at)->base;
    if (base->type != GEN_DNS) continue;
    const auto* text = base->d.dNSName;
    facts.permitted_dns.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                                     static_cast<std::size_t>(ASN1_STRING_length(text)));
  }
  return facts;
}

}  // namespace strait::crypto
