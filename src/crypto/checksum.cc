// SPDX-License-Identifier: Apache-2.0
// Low-level digests for the same reason as in sha256.cc: a Checksum is copied and made per request.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/checksum.h"

#include <openssl/evp.h>
#include <openssl/md5.h>
#include <openssl/sha.h>
#include <zlib.h>

#include <cstring>

namespace strait::crypto {
namespace {

struct Named {
  ChecksumAlgorithm algorithm;
  std::string_view name;
  std::string_view header;
};

constexpr Named kNames[] = {
    {ChecksumAlgorithm::kCrc32, "CRC32", "x-amz-checksum-crc32"},
    {ChecksumAlgorithm::kCrc32c, "CRC32C", "x-amz-checksum-crc32c"},
    {ChecksumAlgorithm::kCrc64Nvme, "CRC64NVME", "x-amz-checksum-crc64nvme"},
    {ChecksumAlgorithm::kMd5, "MD5", "x-amz-checksum-md5"},
    {ChecksumAlgorithm::kSha1, "SHA1", "x-amz-checksum-sha1"},
    {ChecksumAlgorithm::kSha256, "SHA256", "x-amz-checksum-sha256"},
    {ChecksumAlgorithm::kSha512, "SHA512", "x-amz-checksum-sha512"},
};

static_assert(sizeof(SHA512_CTX) <= 216 && sizeof(SHA256_CTX) <= 216 && sizeof(SHA_CTX) <= 216 &&
              sizeof(MD5_CTX) <= 216 && alignof(SHA512_CTX) <= 8);

template <class Context, class State>
Context* as(State& state) {
  return reinterpret_cast<Context*>(state.data());
}

template <class Context, auto kFinal>
std::string final_bytes(std::array<std::byte, 216> state, std::size_t size) {
  std::string out(size, '\0');
  kFinal(reinterpret_cast<unsigned char*>(out.data()), as<Context>(state));
  return out;
}

std::uint64_t load(const std::array<std::byte, 216>& state) {
  std::uint64_t word = 0;
  std::memcpy(&word, state.data(), sizeof word);
  return word;
}

void store(std::array<std::byte, 216>& state, std::uint64_t word) {
  std::memcpy(state.data(), &word, sizeof word);
}

std::string big_endian(std::uint64_t word, unsigned size) {
  std::string out;
  for (unsigned i = size; i-- > 0;) out.push_back(static_cast<char>(word >> (8 * i)));
  return out;
}

}  // namespace

Checksum::Checksum(ChecksumAlgorithm algorithm) : algorithm_(algorithm), state_{} {
  switch (algorithm_) {
    case ChecksumAlgorithm::kCrc32:
    case ChecksumAlgorithm::kCrc32c:
    case ChecksumAlgorithm::kCrc64Nvme: break;
    case ChecksumAlgorithm::kMd5: MD5_Init(as<MD5_CTX>(state_)); break;
    case ChecksumAlgorithm::kSha1: SHA1_Init(as<SHA_CTX>(state_)); break;
    case ChecksumAlgorithm::kSha256: SHA256_Init(as<SHA256_CTX>(state_)); break;
    case ChecksumAlgorithm::kSha512: SHA512_Init(as<SHA512_CTX>(state_)); break;
  }
}

std::optional<Checksum> Checksum::by_name(std::string_view name) {
  for (const auto& named : kNames) {
    if (named.name == name) return Checksum(named.algorithm);
  }
  return std::nullopt;
}

std::optional<Checksum> Checksum::by_header(std::string_view name) {
  for (const auto& named : kNames) {
    if (named.header == name) return Checksum(named.algorithm);
  }
  return std::nullopt;
}

void Checksum::update(std::string_view data) {
  const auto size = data.size();
  switch (algorithm_) {
    case ChecksumAlgorithm::kCrc32:
      store(state_, crc32_z(load(state_), reinterpret_cast<const Bytef*>(data.data()), size));
      break;
    case ChecksumAlgorithm::kCrc32c:
      store(state_, crc32c(static_cast<std::uint32_t>(load(state_)), data));
      break;
    case ChecksumAlgorithm::kCrc64Nvme: store(state_, crc64nvme(load(state_), data)); break;
    case ChecksumAlgorithm::kMd5: MD5_Update(as<MD5_CTX>(state_), data.data(), size); break;
    case ChecksumAlgorithm::kSha1: SHA1_Update(as<SHA_CTX>(state_), data.data(), size); break;
    case ChecksumAlgorithm::kSha256:
      SHA256_Update(as<SHA256_CTX>(state_), data.data(), size);
      break;
    case ChecksumAlgorithm::kSha512:
      SHA512_Update(as<SHA512_CTX>(state_), data.data(), size);
      break;
  }
}

std::string Checksum::bytes() const {
  switch (algorithm_) {
    case ChecksumAlgorithm::kCrc32:
    case ChecksumAlgorithm::kCrc32c: return big_endian(load(state_), 4);
    case ChecksumAlgorithm::kCrc64Nvme: return big_endian(load(state_), 8);
    case ChecksumAlgorithm::kMd5: return final_bytes<MD5_CTX, MD5_Final>(state_, 16);
    case ChecksumAlgorithm::kSha1: return final_bytes<SHA_CTX, SHA1_Final>(state_, 20);
    case ChecksumAlgorithm::kSha256: return final_bytes<SHA256_CTX, SHA256_Final>(state_, 32);
    case ChecksumAlgorithm::kSha512: return final_bytes<SHA512_CTX, SHA512_Final>(state_, 64);
  }
  __builtin_unreachable();
}

std::string Checksum::base64() const {
  const auto raw = bytes();
  std::string out((raw.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends with a NUL
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(raw.data()),
                                   static_cast<int>(raw.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::string_view name(ChecksumAlgorithm algorithm) {
  for (const auto& named : kNames) {
    if (named.algorithm == algorithm) return named.name;
  }
  __builtin_unreachable();
}

}  // namespace strait::crypto
