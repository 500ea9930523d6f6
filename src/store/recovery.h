// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "ledger/checkpoint.h"
#include "ledger/merkle.h"
#include "store/disk.h"
#include "store/sessions.h"

// Opening a log, after a clean stop and after a crash alike: find its durable end, and refuse a log
// that is damaged or shorter than what was signed. Blocks.
namespace strait::store {

struct Recovered {
  ledger::Frontier tree;
  Sessions sessions;
  Timestamp last_time{};    // of the last leaf
  Timestamp latest_time{};  // of any leaf that was scanned
  bool has_calls = false;   // anything but GENESIS and ADMIN was scanned
  std::uint64_t next_segment = 0;
  std::uint64_t leaves_scanned = 0;
};

// Reads `directory` and cuts what a crash left half-written. `kept` are the last checkpoints signed
// for this log, each of which must be a prefix of what is found. Without any, the whole log is
// scanned. kConflict: the log went backwards or was altered; the message tells the operator what
// happened and what to do. kIo: it is damaged, and where.
Result<Recovered> recover(const std::string& directory, std::span<const ledger::Checkpoint> kept,
                          Disk& disk);

}  // namespace strait::store
