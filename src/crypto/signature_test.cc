// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "crypto/ed25519.h"
#include "crypto/jws.h"

namespace strait::crypto {
namespace {

std::string from_hex(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    out.push_back(static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return out;
}

// An RSA key that this room cannot make itself: issuers sign with RSA, Strait only verifies.
class RsaIssuer {
 public:
  explicit RsaIssuer(unsigned bits) : key_(EVP_RSA_gen(bits)) {}
  ~RsaIssuer() { EVP_PKEY_free(key_); }

  std::string n() const { return parameter(OSSL_PKEY_PARAM_RSA_N); }
  std::string e() const { return parameter(OSSL_PKEY_PARAM_RSA_E); }

  std::string sign(std::string_view message, int padding, int salt_bytes) const {
    auto* context = EVP_MD_CTX_new();
    EVP_PKEY_CTX* settings = nullptr;
    EVP_DigestSignInit(context, &settings, EVP_sha256(), nullptr, key_);
    EVP_PKEY_CTX_set_rsa_padding(settings, padding);
    if (padding == RSA_PKCS1_PSS_PADDING) EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, salt_bytes);
    std::string out(1024, '\0');
    std::size_t size = out.size();
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &size,
                   reinterpret_cast<const unsigned char*>(message.data()), message.size());
    EVP_MD_CTX_free(context);
    out.resize(size);
    return out;
  }

 private:
  std::string parameter(const char* name) const {
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(key_, name, &number);
    std::string out(static_cast<std::size_t>((BN_num_bits(number) + 7) / 8), '\0');
    BN_bn2bin(number, reinterpret_cast<unsigned char*>(out.data()));
    BN_free(number);
    return out;
  }

  EVP_PKEY* key_;
};

TEST(Ed25519, GivesRfc8032Test1) {
  const auto key = SigningKey::from_seed(
      from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->public_key(),
            from_hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
  EXPECT_EQ(key->sign(""),
            from_hex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"));
}

TEST(Ed25519, VerifiesItsOwnAndNothingElse) {
  const auto key = SigningKey::generate();
  const auto signature = key.sign("checkpoint");
  EXPECT_TRUE(ed25519_verify(key.public_key(), "checkpoint", signature));
  EXPECT_FALSE(ed25519_verify(key.public_key(), "checkpoinT", signature));
  EXPECT_FALSE(ed25519_verify(SigningKey::generate().public_key(), "checkpoint", signature));
  EXPECT_FALSE(ed25519_verify(key.public_key(), "checkpoint", signature.substr(1)));
  EXPECT_FALSE(ed25519_verify(key.public_key().substr(1), "checkpoint", signature));
  EXPECT_FALSE(ed25519_verify("", "", ""));
}

TEST(Ed25519, ASeedIsTheWholeKey) {
  const auto key = SigningKey::generate();
  EXPECT_EQ(SigningKey::from_seed(key.seed().reveal())->public_key(), key.public_key());
  EXPECT_FALSE(SigningKey::from_seed("short"));
}

TEST(Ed25519, ASignatureWithTheGroupOrderAddedIsRefused) {  // malleability: S and S + L verify
                                                            // alike when unchecked
  const auto order = from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  const auto key = SigningKey::generate();
  auto signature = key.sign("checkpoint");
  int carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += static_cast<unsigned char>(signature[32 + i]) + static_cast<unsigned char>(order[i]);
    signature[32 + i] = static_cast<char>(carry);
    carry >>= 8;
  }
  EXPECT_FALSE(ed25519_verify(key.public_key(), "checkpoint", signature));
}

TEST(Jws, VerifiesTheEs256ExampleOfRfc7515) {
  const auto key = VerifyKey::from_ec(
      EcCurve::kP256, from_hex("7fcdce2770f6c45d4183cbee6fdb4b7b580733357be9ef13bacf6e3c7bd15445"),
      from_hex("c7f144cd1bbd9b7e872cdfedb9eeb9f4b3695d6ea90b24ad8a4623288588e5ad"));
  ASSERT_TRUE(key);
  const std::string message =
      "eyJhbGciOiJFUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
      "cnVlfQ";
  const auto signature = from_hex(
      "0ed1215379636c483c2f7f155807d402a3b228033af97c7e17819ac3169ea665"
      "c50a07d38c3c70e5d8f12daf084a5480a66590c5f293509a8f3f7f8a83a354d5");
  EXPECT_TRUE(key->verify(JwsAlgorithm::kEs256, message, signature));
  EXPECT_FALSE(key->verify(JwsAlgorithm::kEs256, message + "x", signature));
}

TEST(Jws, AlgorithmsHaveExactNamesAndNoneIsNotOne) {
  EXPECT_EQ(jws_algorithm("EdDSA"), JwsAlgorithm::kEdDsa);
  for (const auto* name : {"none", "None", "", "HS256", "rs256", "ES256K", "RS512"}) {
    EXPECT_FALSE(jws_algorithm(name)) << name;
  }
}

TEST(Jws, AnEcKeySignsAndItsPublicHalfVerifies) {
  const auto issuer = EcSigningKey::generate();
  const auto key = VerifyKey::from_ec(EcCurve::kP256, issuer.x(), issuer.y());
  ASSERT_TRUE(key);
  for (int i = 0; i < 300;
       ++i) {  // r or s has a leading zero byte once in 128 times; the width must stay
    const auto message = "token " + std::to_string(i);
    const auto signature = issuer.sign_es256(message);
    ASSERT_EQ(signature.size(), 64u);
    ASSERT_TRUE(key->verify(JwsAlgorithm::kEs256, message, signature));
  }
}

TEST(Jws, AnEcKeyComesBackFromItsPem) {
  const auto issuer = EcSigningKey::generate();
  const auto again = EcSigningKey::from_pem(issuer.pem().reveal());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->x(), issuer.x());
  EXPECT_EQ(again->y(), issuer.y());
  EXPECT_FALSE(EcSigningKey::from_pem("not a key"));
}

TEST(Jws, ForgedEcdsaSignaturesAreRefused) {
  const auto issuer = EcSigningKey::generate();
  const auto key = VerifyKey::from_ec(EcCurve::kP256, issuer.x(), issuer.y());
  const auto signature = issuer.sign_es256("token");
  EXPECT_FALSE(key->verify(JwsAlgorithm::kEs256, "token", std::string(64, '\0')))
      << "CVE-2022-21449: r = s = 0";
  EXPECT_FALSE(key->verify(JwsAlgorithm::kEs256, "token", signature + '\0'));
  EXPECT_FALSE(key->verify(JwsAlgorithm::kEs256, "token", signature.substr(0, 63)));
  EXPECT_FALSE(key->verify(JwsAlgorithm::kEs256, "token", ""));
}

TEST(Jws, AnEcPointThatIsNotOnItsCurveIsRefused) {
  const auto issuer = EcSigningKey::generate();
  auto y = issuer.y();
  y[31] = static_cast<char>(y[31] ^ 1);
  EXPECT_FALSE(VerifyKey::from_ec(EcCurve::kP256, issuer.x(), y));
  EXPECT_FALSE(VerifyKey::from_ec(EcCurve::kP256, std::string(32, '\0'), std::string(32, '\0')));
  EXPECT_FALSE(VerifyKey::from_ec(EcCurve::kP256, '\0' + issuer.x(), issuer.y()))
      << "a needless leading zero";
  EXPECT_FALSE(VerifyKey::from_ec(EcCurve::kP384, issuer.x(), issuer.y())) << "another curve";
}

TEST(Jws, VerifiesRs256AndPs256) {
  const RsaIssuer issuer(2048);
  const auto key = VerifyKey::from_jwk_rsa(issuer.n(), issuer.e());
  ASSERT_TRUE(key);
  const auto pkcs1 = issuer.sign("token", RSA_PKCS1_PADDING, 0);
  const auto pss = issuer.sign("token", RSA_PKCS1_PSS_PADDING, 32);
  EXPECT_TRUE(key->verify(JwsAlgorithm::kRs256, "token", pkcs1));
  EXPECT_TRUE(key->verify(JwsAlgorithm::kPs256, "token", pss));
  EXPECT_FALSE(key->verify(JwsAlgorithm::kPs256, "token", pkcs1));
  EXPECT_FALSE(key->verify(JwsAlgorithm::kRs256, "token", pss));
  EXPECT_FALSE(
      key->verify(JwsAlgorithm::kPs256, "token", issuer.sign("token", RSA_PKCS1_PSS_PADDING, 20)))
      << "the salt must be as long as the hash";
}

TEST(Jws, AKeyVerifiesOnlyTheAlgorithmsOfItsKind) {  // the classic confusion attack
  const RsaIssuer issuer(2048);
  const auto key = VerifyKey::from_jwk_rsa(issuer.n(), issuer.e());
  for (const auto algorithm : {JwsAlgorithm::kEs256, JwsAlgorithm::kEs384, JwsAlgorithm::kEdDsa}) {
    EXPECT_FALSE(key->fits(algorithm));
    EXPECT_EQ(key->verify(algorithm, "token", "signature").error().code, ErrorCode::kInvalidToken);
  }
}

TEST(Jws, WeakRsaKeysAreRefused) {
  const RsaIssuer small(1024);
  const RsaIssuer good(2048);
  EXPECT_FALSE(VerifyKey::from_jwk_rsa(small.n(), small.e()));
  EXPECT_FALSE(VerifyKey::from_jwk_rsa(good.n(), "\x01"));
  EXPECT_FALSE(VerifyKey::from_jwk_rsa(good.n(), "\x02"));
  EXPECT_FALSE(VerifyKey::from_jwk_rsa(good.n(), ""));
  EXPECT_FALSE(VerifyKey::from_jwk_rsa("", good.e()));
  EXPECT_FALSE(VerifyKey::from_jwk_rsa(std::string(2000, '\xff'), good.e()));
}

TEST(Jws, VerifiesEdDsa) {
  const auto issuer = SigningKey::generate();
  const auto key = VerifyKey::from_okp(issuer.public_key());
  ASSERT_TRUE(key);
  EXPECT_TRUE(key->verify(JwsAlgorithm::kEdDsa, "token", issuer.sign("token")));
  EXPECT_FALSE(key->verify(JwsAlgorithm::kEdDsa, "token!", issuer.sign("token")));
  EXPECT_FALSE(VerifyKey::from_okp("short"));
}

}  // namespace
}  // namespace strait::crypto
