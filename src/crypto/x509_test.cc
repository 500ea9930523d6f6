// SPDX-License-Identifier: Apache-2.0
#include "crypto/x509.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

namespace strait::crypto {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};

CertificateSpec spec(std::vector<std::string> dns, std::vector<std::string> addresses = {}) {
  return {.common_name = "strait",
          .dns_names = std::move(dns),
          .ip_addresses = std::move(addresses),
          .not_before = kNow - 1h,
          .not_after = kNow + 24h};
}

CertificateSpec ca(std::vector<std::string> permitted = {}) {
  auto out = spec({});
  out.common_name = "Strait test CA";
  out.is_ca = true;
  out.permitted_dns = std::move(permitted);
  return out;
}

using Cert = std::shared_ptr<X509>;

Cert read(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  Cert cert(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr), X509_free);
  BIO_free(bio);
  return cert;
}

// X509_V_OK, or why a TLS client that trusts `root` alone would not take `leaf`.
long why_not(const Certificate& leaf, const Certificate& root, Timestamp now = kNow) {
  const auto leaf_cert = read(leaf.certificate_pem);
  const auto root_cert = read(root.certificate_pem);
  const std::shared_ptr<X509_STORE> store(X509_STORE_new(), X509_STORE_free);
  X509_STORE_add_cert(store.get(), root_cert.get());
  const std::shared_ptr<X509_STORE_CTX> context(X509_STORE_CTX_new(), X509_STORE_CTX_free);
  X509_STORE_CTX_init(context.get(), store.get(), leaf_cert.get(), nullptr);
  X509_STORE_CTX_set_time(context.get(), 0,
                          std::chrono::floor<Seconds>(now).time_since_epoch().count());
  X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_SERVER);
  X509_verify_cert(context.get());
  return X509_STORE_CTX_get_error(context.get());
}

TEST(Certificates, ASelfSignedOneServesItsNames) {
  const auto certificate =
      make_self_signed(spec({"localhost", "*.example.com"}, {"127.0.0.1", "::1"}));
  ASSERT_TRUE(certificate);
  const auto cert = read(certificate->certificate_pem);
  ASSERT_TRUE(cert);
  EXPECT_EQ(X509_check_host(cert.get(), "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(cert.get(), "s3.example.com", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(cert.get(), "example.org", 0, 0, nullptr), 0);
  EXPECT_EQ(X509_check_ip_asc(cert.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(cert.get(), "::1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(cert.get(), "127.0.0.2", 0), 0);
  EXPECT_EQ(why_not(*certificate, *certificate), X509_V_OK);
}

TEST(Certificates, AreValidInTheirTimeOnly) {
  const auto certificate = make_self_signed(spec({"localhost"}));
  EXPECT_EQ(why_not(*certificate, *certificate, kNow - 2h), X509_V_ERR_CERT_NOT_YET_VALID);
  EXPECT_EQ(why_not(*certificate, *certificate, kNow + 25h), X509_V_ERR_CERT_HAS_EXPIRED);
}

TEST(Certificates, ALeafIsTrustedThroughItsCa) {
  const auto root = make_self_signed(ca());
  ASSERT_TRUE(root);
  const auto leaf = make_signed(spec({"s3.amazonaws.com"}), *root);
  ASSERT_TRUE(leaf);
  EXPECT_EQ(why_not(*leaf, *root), X509_V_OK);
  EXPECT_NE(why_not(*leaf, *make_self_signed(ca())), X509_V_OK) << "another CA of the same name";
}

TEST(Certificates, ANameConstraintHoldsTheCaToItsNames) {
  const auto root = make_self_signed(ca({"amazonaws.com"}));
  ASSERT_TRUE(root);
  auto inside = spec({"s3.eu-west-1.amazonaws.com"});
  auto outside = spec({"accounts.example.com"});
  EXPECT_EQ(why_not(*make_signed(inside, *root), *root), X509_V_OK);
  EXPECT_EQ(why_not(*make_signed(outside, *root), *root), X509_V_ERR_PERMITTED_VIOLATION);
}

TEST(Certificates, AConstrainedCaCannotSpeakForAddresses) {
  const auto root = make_self_signed(ca({"amazonaws.com"}));
  for (const auto* address : {"127.0.0.1", "52.94.0.1", "::1"}) {
    const auto leaf = make_signed(spec({"s3.amazonaws.com"}, {address}), *root);
    ASSERT_TRUE(leaf);
    EXPECT_EQ(why_not(*leaf, *root), X509_V_ERR_EXCLUDED_VIOLATION) << address;
  }
}

TEST(Certificates, SayHowLongTheyLastAndWhatTheyAreHeldTo) {
  const auto facts =
      read_facts(make_self_signed(ca({"amazonaws.com", "api.aws"}))->certificate_pem);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->not_after, kNow + 24h);
  EXPECT_EQ(facts->permitted_dns, (std::vector<std::string>{"amazonaws.com", "api.aws"}));
  EXPECT_TRUE(read_facts(make_self_signed(ca())->certificate_pem)->permitted_dns.empty());
  EXPECT_FALSE(read_facts("nonsense"));
}

TEST(Certificates, ALeafCannotSign) {
  const auto leaf = make_self_signed(spec({"localhost"}));
  EXPECT_FALSE(make_signed(spec({"example.com"}), *leaf));
}

TEST(Certificates, AKeyMustBelongToItsCertificate) {
  const auto one = make_self_signed(ca());
  const auto other = make_self_signed(ca());
  EXPECT_FALSE(
      make_signed(spec({"localhost"}), Certificate{one->certificate_pem, other->key_pem.copy()}));
  EXPECT_FALSE(make_signed(spec({"localhost"}), Certificate{"nonsense", one->key_pem.copy()}));
}

TEST(Certificates, NamesThatWouldMeanSomethingToOpenSslAreRefused) {
  for (const auto* name :
       {"", "a,DNS:evil.example", "a b", "a\n", "*", "*.*.com", "a..b", "exam*ple.com", ".com"}) {
    EXPECT_FALSE(make_self_signed(spec({name}))) << name;
  }
  EXPECT_FALSE(make_self_signed(spec({}, {"127.0.0.1,DNS:evil.example"})));
  EXPECT_FALSE(make_self_signed(spec({}, {"localhost"})));
}

TEST(Certificates, NeedANameAndAPeriod) {
  EXPECT_FALSE(make_self_signed({.common_name = "", .not_before = kNow, .not_after = kNow + 1h}));
  EXPECT_FALSE(make_self_signed({.common_name = "x", .not_before = kNow, .not_after = kNow}));
  auto leaf = spec({"localhost"});
  leaf.permitted_dns = {"localhost"};
  EXPECT_FALSE(make_self_signed(leaf));
}

}  // namespace
}  // namespace strait::crypto
