// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The checksums of S3 and its SDKs (header x-amz-checksum-<name> or its trailer; Content-MD5),
// incrementally. They guard against accidents, not attackers. Value types: a copy continues from
// where the original stood. Source: "Checking object integrity" in the S3 user guide; CRC-64/NVME
// from the NVM Express command set specification.
namespace strait::crypto {

enum class ChecksumAlgorithm : std::uint8_t {
  kCrc32,
  kCrc32c,
  kCrc64Nvme,
  kMd5,
  kSha1,
  kSha256,
  kSha512
};

class Checksum {
 public:
  explicit Checksum(ChecksumAlgorithm algorithm);

  // "CRC32", "CRC32C", "CRC64NVME", "MD5", "SHA1", "SHA256" or "SHA512": the members of the
  // ChecksumAlgorithm enum in the S3 model. Nothing else, nothing in another case.
  static std::optional<Checksum> by_name(std::string_view name);
  // "x-amz-checksum-crc32" and so on: the lower-case header or trailer name.
  static std::optional<Checksum> by_header(std::string_view name);

  ChecksumAlgorithm algorithm() const { return algorithm_; }
  void update(std::string_view data);
  std::string bytes() const;   // of what was fed so far, big-endian
  std::string base64() const;  // the same, as the header carries it

 private:
  ChecksumAlgorithm algorithm_;
  alignas(8)
      std::array<std::byte, 216> state_;  // the largest OpenSSL context; a CRC uses the first eight
};

std::string_view name(ChecksumAlgorithm algorithm);

// Start with 0; feed the result back in to go on.
std::uint32_t crc32c(std::uint32_t crc,
                     std::string_view data);  // by instruction where the host has it
std::uint32_t crc32c_portable(std::uint32_t crc,
                              std::string_view data);  // by table; the same answer
std::uint64_t crc64nvme(std::uint64_t crc, std::string_view data);

}  // namespace strait::crypto
