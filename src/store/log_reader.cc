// SPDX-License-Identifier: Apache-2.0
#include "store/log_reader.h"

#include <fmt/format.h>

#include <optional>

#include "store/disk.h"
#include "store/segment.h"
#include "store/segment_files.h"

namespace strait::store {

// Holds one segment in memory. A live log grows behind the reader: at the end of what was read it
// reads again.
class LogReader::Impl {
 public:
  explicit Impl(std::string log_dir) : log_dir_(std::move(log_dir)) {}

  Status look_again() {
    TRY(segments_, list_segments(log_dir_));
    std::erase_if(segments_, [](const SegmentFile& file) { return !file.has_header; });
    return {};
  }

  bool empty() const { return segments_.empty(); }

  Status seek(std::uint64_t index) {
    std::size_t at = 0;
    while (at + 1 < segments_.size() && segments_[at + 1].first_index <= index) ++at;
    CHECK_OK(load(at));
    LeafAt skipped;
    while (cursor_->next_index() < index) {
      TRY(const bool found, next(skipped));
      if (!found)
        return fail(ErrorCode::kNotFound, fmt::format("the log has no record {} yet", index));
    }
    return {};
  }

  Result<bool> next(LeafAt& leaf) {
    for (bool looked = false;;) {
      if (!cursor_) {
        CHECK_OK(load(at_));
        if (!cursor_) return false;
      }
      const bool superseded =
          at_ + 1 < segments_.size() && cursor_->next_index() >= segments_[at_ + 1].first_index;
      if (!superseded) {
        if (const auto frame = cursor_->next()) {
          leaf.index = frame->index;
          leaf.bytes = frame->leaf;
          return true;
        }
      } else {
        CHECK_OK(load(at_ + 1));
        continue;
      }
      // The end of what was read. Whether it is the end of the log shows only on disk.
      if (looked) return end_or_damage();
      looked = true;
      CHECK_OK(read_on());
    }
  }

 private:
  Status load(std::size_t at) {
    if (at >= segments_.size()) return {};
    const auto wanted = cursor_ ? cursor_->next_index() : segments_[at].first_index;
    if (segments_[at].first_index != wanted && at == at_ + 1) return damaged(wanted);
    at_ = at;
    return load_from_disk(segments_[at].first_index);
  }

  Status load_from_disk(std::uint64_t index) {
    TRY(bytes_, read_file(log_dir_ + "/" + segments_[at_].name));
    const auto header = decode_header(bytes_);
    if (!header) return fail(ErrorCode::kIo, "a log segment lost its header", segments_[at_].name);
    cursor_.emplace(bytes_, header->bytes, header->header.tree.size());
    while (cursor_->next_index() < index && cursor_->next()) {
    }
    return {};
  }

  Status read_on() {
    const auto index = cursor_->next_index();
    CHECK_OK(look_again());
    return load_from_disk(index);
  }

  Result<bool> end_or_damage() {
    const auto next_index = cursor_->next_index();
    const bool last = at_ + 1 >= segments_.size();
    if (last ? cursor_->later_batch_follows() : segments_[at_ + 1].first_index > next_index) {
      return std::unexpected(damaged(next_index).error());
    }
    return false;
  }

  Status damaged(std::uint64_t index) const {
    return fail(
        ErrorCode::kIo,
        fmt::format("the log is damaged: record {} cannot be read, and later ones can", index),
        fmt::format("{} at offset {}", segments_[at_].name, cursor_ ? cursor_->offset() : 0));
  }

  const std::string log_dir_;
  std::vector<SegmentFile> segments_;
  std::size_t at_ = 0;
  std::string bytes_;
  std::optional<FrameCursor> cursor_;  // over bytes_
};

LogReader::LogReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LogReader::LogReader(LogReader&&) noexcept = default;
LogReader& LogReader::operator=(LogReader&&) noexcept = default;
LogReader::~LogReader() = default;

Result<LogReader> LogReader::open(const std::string& log_dir) {
  auto impl = std::make_unique<Impl>(log_dir);
  CHECK_OK(impl->look_again());
  if (impl->empty()) return fail(ErrorCode::kNotFound, "there is no log in " + quoted(log_dir));
  return LogReader(std::move(impl));
}

Result<bool> LogReader::next(LeafAt& leaf) { return impl_->next(leaf); }
Status LogReader::seek(std::uint64_t index) { return impl_->seek(index); }

Result<std::vector<std::string>> read_checkpoints(const std::string& log_dir,
                                                  const std::string& anchor_dir) {
  std::vector<std::string> notes;
  const auto history = read_file(log_dir + "/checkpoints");
  if (!history && history.error().code != ErrorCode::kNotFound)
    return std::unexpected(history.error());
  // A note has one blank line inside, and one follows it; the last may be cut short by a crash.
  for (std::string_view rest = history ? std::string_view(*history) : std::string_view();
       !rest.empty();) {
    const auto inside = rest.find("\n\n");
    const auto end = inside == std::string_view::npos ? inside : rest.find("\n\n", inside + 2);
    if (end == std::string_view::npos) break;
    notes.emplace_back(rest.substr(0, end + 1));
    rest.remove_prefix(end + 2);
  }
  for (const auto* directory : {&log_dir, &anchor_dir}) {
    if (directory->empty()) continue;
    auto note = read_file(*directory + "/checkpoint");
    if (note) notes.push_back(std::move(*note));
    if (!note && note.error().code != ErrorCode::kNotFound) return std::unexpected(note.error());
  }
  return notes;
}

}  // namespace strait::store
