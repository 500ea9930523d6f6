// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/sha256.h"
#include "ledger/merkle.h"

// The bytes of a log segment: a header in whole blocks, then batches, each beginning on a block
// boundary and padded with zeros to the next. Numbers are little-endian. docs/formats/log.md is the
// description; this is its one implementation. Pure functions over bytes.
namespace strait::store {

inline constexpr std::size_t kBlockBytes = 4096;
inline constexpr std::size_t kFrameHeadBytes =
    17;  // length, checksum, index, and the 0x00 of RFC 6962's leaf hash

constexpr std::size_t padded(std::size_t bytes) {
  return (bytes + kBlockBytes - 1) / kBlockBytes * kBlockBytes;
}

struct SegmentHeader {
  ledger::Frontier tree;  // of every leaf before this segment; its size is the first leaf's index
  std::string snapshot;   // store/sessions.h
};

std::string encode_header(const SegmentHeader& header);  // padded to blocks

struct HeaderRead {
  SegmentHeader header;
  std::size_t bytes = 0;  // padded: where the first batch begins
};
// nullopt when there is no valid header: a segment that was prepared and never used, or one whose
// first write was torn.
std::optional<HeaderRead> decode_header(std::string_view segment);

// Completes a frame whose leaf of `leaf_bytes` stands at frame + kFrameHeadBytes, and gives the
// leaf's hash.
crypto::Digest seal_frame(char* frame, std::size_t leaf_bytes, std::uint64_t index,
                          bool first_of_batch);

struct Frame {
  std::uint64_t index = 0;
  std::string_view leaf;
  crypto::Digest hash{};
};

// Walks the frames of a segment's bytes. `offset` is where a batch begins.
class FrameCursor {
 public:
  FrameCursor(std::string_view segment, std::size_t offset, std::uint64_t next_index)
      : segment_(segment), offset_(offset), next_index_(next_index) {}

  // The next frame; nullopt at the end, or where the bytes stop making sense.
  std::optional<Frame> next();
  std::size_t offset() const { return offset_; }  // past the last good frame
  std::uint64_t next_index() const { return next_index_; }

  // Whether a later batch follows the place where next() gave up. Batches are written one after the
  // other, each when the one before is durable; so this tells damage from a write that a crash cut
  // short.
  bool later_batch_follows() const;

 private:
  std::optional<Frame> read_at(std::size_t offset) const;
  std::string_view segment_;
  std::size_t offset_;
  std::uint64_t next_index_;
};

}  // namespace strait::store
