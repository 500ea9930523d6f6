// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "ledger/checkpoint.h"
#include "ledger/merkle.h"
#include "store/disk.h"

// Signs checkpoints and keeps them: the latest as <log>/checkpoint and once more as
// <anchor>/checkpoint, and one a minute at the end of <log>/checkpoints. Each is replaced as a
// whole, so a crash leaves the one before; then the log is ahead of it, which is in order. One
// thread at a time; blocks.
namespace strait::store {

class CheckpointKeeper {
 public:
  CheckpointKeeper(std::string log_dir, std::string anchor_dir, std::string origin,
                   crypto::SigningKey key, Disk& disk);

  // The latest ones, verified with our own key. kConflict: one is not ours, or not signed by this
  // key.
  Result<std::vector<ledger::Checkpoint>> read_kept() const;

  // Signs and keeps `tree`, unless that is done already. A tree smaller than the last one signed is
  // refused (kInternal).
  enum class History : std::uint8_t { kWhenDue, kAlways };
  Status keep(const ledger::Frontier& tree, Timestamp now, History history);
  std::uint64_t signed_size() const { return signed_size_; }

 private:
  const std::string log_dir_;
  const std::string anchor_dir_;
  const std::string origin_;
  const crypto::SigningKey key_;
  Disk& disk_;
  std::uint64_t signed_size_ = 0;
  std::uint64_t history_size_ = 0;
  Timestamp history_time_{};
};

}  // namespace strait::store
