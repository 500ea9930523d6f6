// SPDX-License-Identifier: Apache-2.0
#include "store/checkpoint_keeper.h"

#include <chrono>

namespace strait::store {
namespace {

constexpr auto kHistoryInterval = std::chrono::minutes(1);

}  // namespace

CheckpointKeeper::CheckpointKeeper(std::string log_dir, std::string anchor_dir, std::string origin,
                                   crypto::SigningKey key, Disk& disk)
    : log_dir_(std::move(log_dir)),
      anchor_dir_(std::move(anchor_dir)),
      origin_(std::move(origin)),
      key_(std::move(key)),
      disk_(disk) {}

Result<std::vector<ledger::Checkpoint>> CheckpointKeeper::read_kept() const {
  std::vector<ledger::Checkpoint> kept;
  const std::vector vkeys{ledger::make_vkey(origin_, key_.public_key())};
  for (const auto* directory : {&log_dir_, &anchor_dir_}) {
    if (directory->empty()) continue;
    const auto path = *directory + "/checkpoint";
    const auto note = read_file(path);
    if (!note && note.error().code == ErrorCode::kNotFound) continue;
    if (!note) return std::unexpected(note.error());
    auto checkpoint = ledger::open_checkpoint(*note, vkeys);
    if (!checkpoint) {
      return fail(ErrorCode::kConflict,
                  "a kept checkpoint is not one that this gateway's log key signed: it was "
                  "altered, or the key or the "
                  "origin was changed. Bring back the right key and checkpoint, or start with a "
                  "new state directory",
                  path + ": " + checkpoint.error().message);
    }
    kept.push_back(std::move(*checkpoint));
  }
  return kept;
}

Status CheckpointKeeper::keep(const ledger::Frontier& tree, Timestamp now, History history) {
  if (tree.size() < signed_size_)
    return fail(ErrorCode::kInternal, "the log is shorter than what was signed");
  const bool history_due = history == History::kAlways || now - history_time_ >= kHistoryInterval;
  if (tree.size() == signed_size_ && (!history_due || tree.size() == history_size_)) return {};
  const auto note = ledger::sign_checkpoint({origin_, tree.size(), tree.root()}, key_);
  CHECK_OK(disk_.replace(log_dir_ + "/checkpoint", note));
  if (!anchor_dir_.empty()) CHECK_OK(disk_.replace(anchor_dir_ + "/checkpoint", note));
  signed_size_ = tree.size();
  if (!history_due) return {};
  CHECK_OK(disk_.append(log_dir_ + "/checkpoints", note + "\n"));
  history_size_ = tree.size();
  history_time_ = now;
  return {};
}

}  // namespace strait::store
