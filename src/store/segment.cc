// SPDX-License-Identifier: Apache-2.0
#include "store/segment.h"

#include <cstring>

#include "base/limits.h"
#include "crypto/checksum.h"

namespace strait::store {
namespace {

constexpr std::string_view kMagic = "STRAITLG";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeaderFixedBytes =
    24;  // magic, version, checksum, length of tree, length of snapshot
constexpr std::uint32_t kFirstOfBatch = 0x8000'0000u;

template <class T>
T load(const char* at) {
  T number = 0;
  for (std::size_t byte = sizeof(T); byte-- > 0;)
    number = static_cast<T>(number << 8 | static_cast<unsigned char>(at[byte]));
  return number;
}

template <class T>
void store_number(char* at, T number) {
  for (std::size_t byte = 0; byte < sizeof(T); ++byte)
    at[byte] = static_cast<char>(number >> (8 * byte));
}

}  // namespace

std::string encode_header(const SegmentHeader& header) {
  const auto tree = header.tree.encode();
  std::string bytes(kHeaderFixedBytes, '\0');
  std::memcpy(bytes.data(), kMagic.data(), kMagic.size());
  store_number(bytes.data() + 8, kVersion);
  store_number(bytes.data() + 16, static_cast<std::uint32_t>(tree.size()));
  store_number(bytes.data() + 20, static_cast<std::uint32_t>(header.snapshot.size()));
  bytes += tree;
  bytes += header.snapshot;
  store_number(bytes.data() + 12, crypto::crc32c(0, std::string_view(bytes).substr(16)));
  bytes.resize(padded(bytes.size()));
  return bytes;
}

std::optional<HeaderRead> decode_header(std::string_view segment) {
  if (segment.size() < kHeaderFixedBytes || !segment.starts_with(kMagic)) return std::nullopt;
  if (load<std::uint32_t>(segment.data() + 8) != kVersion) return std::nullopt;
  const std::size_t tree_bytes = load<std::uint32_t>(segment.data() + 16);
  const std::size_t snapshot_bytes = load<std::uint32_t>(segment.data() + 20);
  const auto total = kHeaderFixedBytes + tree_bytes + snapshot_bytes;
  if (total > segment.size()) return std::nullopt;
  if (crypto::crc32c(0, segment.substr(16, total - 16)) != load<std::uint32_t>(segment.data() + 12))
    return std::nullopt;
  auto tree = ledger::Frontier::decode(segment.substr(kHeaderFixedBytes, tree_bytes));
  if (!tree) return std::nullopt;
  return HeaderRead{{std::move(*tree),
                     std::string(segment.substr(kHeaderFixedBytes + tree_bytes, snapshot_bytes))},
                    padded(total)};
}

crypto::Digest seal_frame(char* frame, std::size_t leaf_bytes, std::uint64_t index,
                          bool first_of_batch) {
  store_number(frame,
               static_cast<std::uint32_t>(leaf_bytes) | (first_of_batch ? kFirstOfBatch : 0));
  store_number(frame + 8, index);
  frame[16] = 0;
  store_number(frame + 4, crypto::crc32c(0, {frame + 8, 9 + leaf_bytes}));
  return crypto::sha256({frame + 16, 1 + leaf_bytes});
}

std::optional<Frame> FrameCursor::read_at(std::size_t offset) const {
  if (offset > segment_.size() || segment_.size() - offset < kFrameHeadBytes) return std::nullopt;
  const char* frame = segment_.data() + offset;
  const std::size_t leaf_bytes = load<std::uint32_t>(frame) & ~kFirstOfBatch;
  if (leaf_bytes == 0 || leaf_bytes > limits::kLeafBytesMax) return std::nullopt;
  if (segment_.size() - offset - kFrameHeadBytes < leaf_bytes) return std::nullopt;
  if (frame[16] != 0) return std::nullopt;
  if (crypto::crc32c(0, {frame + 8, 9 + leaf_bytes}) != load<std::uint32_t>(frame + 4))
    return std::nullopt;
  return Frame{load<std::uint64_t>(frame + 8), {frame + kFrameHeadBytes, leaf_bytes}, {}};
}

std::optional<Frame> FrameCursor::next() {
  // A batch ends in less than a block of zeros; what follows begins on the boundary.
  for (const auto at : {offset_, padded(offset_)}) {
    auto frame = read_at(at);
    if (!frame || frame->index != next_index_) continue;
    frame->hash = crypto::sha256({frame->leaf.data() - 1, frame->leaf.size() + 1});
    offset_ = at + kFrameHeadBytes + frame->leaf.size();
    ++next_index_;
    return frame;
  }
  return std::nullopt;
}

bool FrameCursor::later_batch_follows() const {
  for (auto at = padded(offset_); at + kFrameHeadBytes <= segment_.size(); at += kBlockBytes) {
    if ((load<std::uint32_t>(segment_.data() + at) & kFirstOfBatch) == 0) continue;
    const auto frame = read_at(at);
    if (frame && frame->index > next_index_) return true;
  }
  return false;
}

}  // namespace strait::store
