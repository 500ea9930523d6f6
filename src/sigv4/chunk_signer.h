// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/checksum.h"
#include "sigv4/chunk_signature.h"

// Frames a streamed body in signed aws-chunks (STREAMING-AWS4-HMAC-SHA256-PAYLOAD and ...-TRAILER):
// every chunk's signature covers its bytes and the signature before it, the first one that of the
// head. All chunks but the last hold kChunkBytes, so the framed length is known from the decoded
// length before the first byte. Not thread-safe.
//
// Source: "Signature calculations for the Authorization header: transferring payload in multiple
// chunks", S3 API reference.
namespace strait::sigv4 {

// "x-amz-checksum-crc32": the header or trailer that carries such a checksum.
std::string checksum_trailer_name(crypto::ChecksumAlgorithm algorithm);

class ChunkSigner {
 public:
  static constexpr std::size_t kChunkBytes = 64 * 1024;  // S3 takes 8 KiB and more

  struct Start {
    std::string seed;  // the head's signature, hex
    ChunkContext context;
    std::uint64_t decoded_bytes = 0;
    // A trailer x-amz-checksum-...; nullopt: no trailer.
    std::optional<crypto::ChecksumAlgorithm> checksum;
  };
  explicit ChunkSigner(Start start);

  static std::uint64_t framed_length(std::uint64_t decoded_bytes,
                                     std::optional<crypto::ChecksumAlgorithm> checksum);

  // Appends every chunk that is now full to `out`. Never appends the final one, so the object stays
  // incomplete until finish().
  void feed(std::string_view payload, std::string& out);

  // Appends the remainder, the final chunk and the trailer. Call it when the body has been found
  // right. kMalformedRequest when other than `decoded_bytes` were fed: then nothing is appended.
  Status finish(std::string& out);

 private:
  void append_chunk(std::string_view payload, std::string& out);

  Start start_;
  std::optional<crypto::Checksum> checksum_;
  std::string held_;  // less than one chunk
  std::uint64_t fed_ = 0;
};

}  // namespace strait::sigv4
