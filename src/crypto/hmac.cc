// SPDX-License-Identifier: Apache-2.0
#include "crypto/hmac.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cassert>

namespace strait::crypto {

namespace {

constexpr std::size_t kBlockBytes = 64;

}  // namespace

HmacKey::HmacKey(std::string_view key) {
  std::array<char, kBlockBytes> block{};
  if (key.size() > kBlockBytes) {
    const auto digest = sha256(key);
    std::copy_n(view(digest).data(), digest.size(), block.data());
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  for (auto& byte : block) byte = static_cast<char>(byte ^ 0x36);
  inner_.update({block.data(), block.size()});
  for (auto& byte : block) byte = static_cast<char>(byte ^ 0x36 ^ 0x5c);
  outer_.update({block.data(), block.size()});
  OPENSSL_cleanse(block.data(), block.size());
}

HmacKey::~HmacKey() {
  OPENSSL_cleanse(&inner_, sizeof inner_);
  OPENSSL_cleanse(&outer_, sizeof outer_);
}

Digest HmacKey::sign(std::string_view data) const { return outer_.with(view(inner_.with(data))); }

Digest hmac_sha256(std::string_view key, std::string_view data) { return HmacKey(key).sign(data); }

std::string hkdf_sha256(std::string_view secret, std::string_view salt, std::string_view info,
                        std::size_t bytes) {
  assert(bytes <= 255 * sizeof(Digest));
  const HmacKey expand(
      view(hmac_sha256(salt, secret)));  // a missing salt is 32 zeros, which pad to the same block
  std::string out;
  std::string input;
  for (unsigned char counter = 1; out.size() < bytes; ++counter) {
    input.append(info).push_back(static_cast<char>(counter));
    const auto block = expand.sign(input);
    out.append(view(block).substr(0, bytes - out.size()));
    OPENSSL_cleanse(input.data(), input.size());
    input.assign(view(block));
  }
  OPENSSL_cleanse(input.data(), input.size());
  return out;
}

}  // namespace strait::crypto
