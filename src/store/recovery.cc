// SPDX-License-Identifier: Apache-2.0
#include "store/recovery.h"

#include <fmt/format.h>

#include <algorithm>

#include "store/log_writer.h"
#include "store/segment.h"
#include "store/segment_files.h"

namespace strait::store {
namespace {

constexpr std::string_view kWentBackwards =
    "the log is shorter than, or different from, what this gateway has signed: it was restored "
    "from an older copy, cut or "
    "altered. Bring back the newest copy of the log directory; if there is none, keep this one for "
    "the auditors and "
    "start with a new state directory";

class Scan {
 public:
  Scan(const std::string& directory, std::span<const ledger::Checkpoint> kept, Disk& disk)
      : directory_(directory), kept_(kept), disk_(disk) {}

  Result<Recovered> run() {
    TRY(auto files, list_segments(directory_));
    if (!files.empty()) found_.next_segment = files.back().ordinal + 1;
    CHECK_OK(drop_unused(files));
    if (!files.empty()) CHECK_OK(scan_from(files, first_to_scan(files)));
    CHECK_OK(check_kept());
    return std::move(found_);
  }

 private:
  // Segments that were prepared and never used, or whose first write never became durable. One with
  // bytes that are no header is left alone: if it held records, the one after it, or a checkpoint,
  // tells that they are missing.
  Status drop_unused(std::vector<SegmentFile>& files) {
    for (const auto& file : files) {
      if (file.blank) CHECK_OK(disk_.remove(directory_ + "/" + file.name));
    }
    std::erase_if(files, [](const SegmentFile& file) { return !file.has_header; });
    return {};
  }

  // The newest segment that begins at or before every checkpoint that was kept; usually the last or
  // the one before.
  std::size_t first_to_scan(const std::vector<SegmentFile>& files) const {
    std::uint64_t size = kept_.empty() ? 0 : UINT64_MAX;
    for (const auto& checkpoint : kept_) size = std::min(size, checkpoint.size);
    std::size_t first = files.size() - 1;
    while (first > 0 && files[first].first_index > size) --first;
    return first;
  }

  Status scan_from(const std::vector<SegmentFile>& files, std::size_t first) {
    for (auto at = first; at < files.size(); ++at) {
      TRY(const auto bytes, read_file(directory_ + "/" + files[at].name));
      const auto header = decode_header(bytes);
      if (!header)
        return fail(ErrorCode::kIo, "a log segment changed while it was read", files[at].name);
      if (at == first) {
        found_.tree = header->header.tree;
        TRY(found_.sessions, Sessions::restore(header->header.snapshot, found_.last_time));
        found_.latest_time = found_.last_time;
        take_checkpoints();
      } else if (!(header->header.tree == found_.tree)) {
        return fail(ErrorCode::kIo,
                    "the log is damaged: a segment does not continue the one before it",
                    fmt::format("{} begins at {}, the one before ends at {}", files[at].name,
                                files[at].first_index, found_.tree.size()));
      }
      const bool last = at + 1 == files.size();
      CHECK_OK(scan_segment(files[at], bytes, header->bytes,
                            last ? UINT64_MAX : files[at + 1].first_index));
    }
    return {};
  }

  Status scan_segment(const SegmentFile& file, std::string_view bytes, std::size_t offset,
                      std::uint64_t end) {
    FrameCursor cursor(bytes, offset, found_.tree.size());
    while (cursor.next_index() < end) {
      const auto frame = cursor.next();
      if (!frame) break;
      CHECK_OK(take_leaf(*frame));
    }
    if (end != UINT64_MAX) return {};  // the next segment's header says whether anything is missing
    if (cursor.later_batch_follows()) {
      return fail(ErrorCode::kIo,
                  "the log is damaged: record " + std::to_string(cursor.next_index()) +
                      " cannot be read, and later ones can. Restore the segment from a copy",
                  fmt::format("{} at offset {}", file.name, cursor.offset()));
    }
    // A crash during this cut leaves it to be done again.
    return disk_.truncate(directory_ + "/" + file.name, padded(cursor.offset()));
  }

  Status take_leaf(const Frame& frame) {
    const auto leaf = ledger::parse_leaf(frame.leaf);
    if (!leaf) {
      return fail(ErrorCode::kIo,
                  fmt::format("record {} of the log cannot be understood", frame.index),
                  leaf.error().message);
    }
    found_.sessions.follow(*leaf, frame.index, frame.hash);
    found_.tree.add(frame.hash);
    found_.last_time = leaf->time;
    found_.latest_time = std::max(found_.latest_time, leaf->time);
    found_.has_calls |= leaf->kind != ledger::Kind::kGenesis && leaf->kind != ledger::Kind::kAdmin;
    ++found_.leaves_scanned;
    take_checkpoints();
    return {};
  }

  void take_checkpoints() {
    for (std::size_t at = 0; at < kept_.size(); ++at) {
      if (kept_[at].size != found_.tree.size()) continue;
      matched_[at] = kept_[at].root == found_.tree.root();
    }
  }

  Status check_kept() {
    if (found_.tree.size() == 0) take_checkpoints();
    if (std::ranges::find(matched_, false) == matched_.end()) return {};
    std::uint64_t size = 0;
    for (const auto& checkpoint : kept_) size = std::max(size, checkpoint.size);
    return fail(ErrorCode::kConflict, std::string(kWentBackwards),
                fmt::format("the log in {} has {} records; {} are signed", directory_,
                            found_.tree.size(), size));
  }

  const std::string& directory_;
  std::span<const ledger::Checkpoint> kept_;
  Disk& disk_;
  Recovered found_;
  std::vector<bool> matched_ = std::vector<bool>(kept_.size());
};

}  // namespace

Result<Recovered> recover(const std::string& directory, std::span<const ledger::Checkpoint> kept,
                          Disk& disk) {
  return Scan(directory, kept, disk).run();
}

}  // namespace strait::store
