// SPDX-License-Identifier: Apache-2.0
#include "store/segment.h"

#include <gtest/gtest.h>

#include <cstring>

namespace strait::store {
namespace {

// Batches of leaves behind a header, as the log writer lays them out.
class SegmentText {
 public:
  explicit SegmentText(std::uint64_t first_index = 0) : next_index_(first_index) {
    ledger::Frontier tree;
    for (std::uint64_t at = 0; at < first_index; ++at) tree.add(ledger::leaf_hash("before"));
    bytes_ = encode_header({tree, "{}"});
  }
  SegmentText& batch(const std::vector<std::string>& leaves) {
    bytes_.resize(padded(bytes_.size()));
    bool first = true;
    for (const auto& leaf : leaves) {
      std::string frame(kFrameHeadBytes + leaf.size(), '\0');
      std::memcpy(frame.data() + kFrameHeadBytes, leaf.data(), leaf.size());
      seal_frame(frame.data(), leaf.size(), next_index_++, std::exchange(first, false));
      offsets_.push_back(bytes_.size());
      bytes_ += frame;
    }
    return *this;
  }
  std::string zero_filled() const {
    auto bytes = bytes_;
    bytes.resize(padded(bytes.size()) + 4 * kBlockBytes);
    return bytes;
  }
  std::size_t offset(std::size_t leaf) const { return offsets_[leaf]; }

 private:
  std::string bytes_;
  std::uint64_t next_index_;
  std::vector<std::size_t> offsets_;
};

std::vector<std::string> read(std::string_view bytes, bool* damaged = nullptr) {
  std::vector<std::string> leaves;
  const auto header = decode_header(bytes);
  if (!header) return leaves;
  FrameCursor cursor(bytes, header->bytes, header->header.tree.size());
  while (const auto frame = cursor.next()) {
    EXPECT_EQ(frame->hash, ledger::leaf_hash(frame->leaf));
    leaves.emplace_back(frame->leaf);
  }
  if (damaged != nullptr) *damaged = cursor.later_batch_follows();
  return leaves;
}

const std::string kBig(5000, 'b');

TEST(Segment, ReadsBackBatchesOfAnySize) {
  const auto bytes =
      SegmentText(7).batch({"one", "two"}).batch({kBig}).batch({"x", kBig, "y"}).zero_filled();
  bool damaged = true;
  EXPECT_EQ(read(bytes, &damaged), (std::vector<std::string>{"one", "two", kBig, "x", kBig, "y"}));
  EXPECT_FALSE(damaged);
}

TEST(Segment, ABatchThatFillsItsBlocksExactlyIsFollowedByTheNext) {
  const std::string exact(kBlockBytes - kFrameHeadBytes, 'e');
  const auto bytes = SegmentText().batch({exact}).batch({"next"}).zero_filled();
  EXPECT_EQ(read(bytes), (std::vector<std::string>{exact, "next"}));
}

TEST(Segment, ATornLastBatchEndsTheLogBeforeIt) {
  SegmentText text;
  text.batch({"one"}).batch({"two", kBig, "four"});
  auto bytes = text.zero_filled();
  std::memset(bytes.data() + text.offset(2), 0, 2 * kBlockBytes);
  bool damaged = true;
  EXPECT_EQ(read(bytes, &damaged), (std::vector<std::string>{"one", "two"}));
  EXPECT_FALSE(damaged);
}

TEST(Segment, DamageBeforeALaterBatchIsNotTakenForTheEnd) {
  SegmentText text;
  text.batch({"one"}).batch({"two"}).batch({"three"});
  auto bytes = text.zero_filled();
  bytes[text.offset(1) + kFrameHeadBytes] ^= 1;
  bool damaged = false;
  EXPECT_EQ(read(bytes, &damaged), (std::vector<std::string>{"one"}));
  EXPECT_TRUE(damaged);
}

TEST(Segment, EveryFlippedBitOfAFrameOrHeaderIsNoticed) {
  SegmentText text;
  text.batch({"one"});
  const auto bytes = text.zero_filled();
  for (std::size_t at = text.offset(0); at < text.offset(0) + kFrameHeadBytes + 3; ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      auto changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ 1 << bit);
      // The one bit without weight says that a batch begins; without it the frame is the same.
      if (at == text.offset(0) + 3 && bit == 7) continue;
      EXPECT_TRUE(read(changed).empty()) << at << " " << bit;
    }
  }
  for (std::size_t at = 0; at < 34; ++at) {
    auto changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 4);
    EXPECT_FALSE(decode_header(changed)) << at;
  }
}

TEST(Segment, AFrameFromAnotherPlaceInTheLogIsNotTaken) {
  auto bytes = SegmentText(5).batch({"five"}).zero_filled();
  const auto other = SegmentText(6).batch({"six"}).zero_filled();
  std::memcpy(bytes.data() + kBlockBytes, other.data() + kBlockBytes, kBlockBytes);
  EXPECT_TRUE(read(bytes).empty());
}

TEST(Segment, APreparedOneHasNoHeader) { EXPECT_FALSE(decode_header(std::string(8192, '\0'))); }

}  // namespace
}  // namespace strait::store
