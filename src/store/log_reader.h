// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

// Reads a log directory, live or at rest, without locking or changing it: for the CLI and the
// verifier. The leaves it gives are those that recovery would keep. One thread at a time.
namespace strait::store {

struct LeafAt {
  std::uint64_t index = 0;
  std::string bytes;  // the leaf as stored and hashed
};

class LogReader {
 public:
  // kNotFound when there is no log in `log_dir`.
  static Result<LogReader> open(const std::string& log_dir);
  LogReader(LogReader&&) noexcept;
  LogReader& operator=(LogReader&&) noexcept;
  ~LogReader();

  // The next leaf, or false at the present end; then a later call may find more (`strait tail`).
  // kIo with the file and offset when the log is damaged before its end.
  Result<bool> next(LeafAt& leaf);
  // Jumps so that next() gives leaf `index`; at most one segment is skimmed.
  Status seek(std::uint64_t index);

 private:
  class Impl;
  explicit LogReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The signed notes kept with the log, oldest first: its history and the latest; and, when
// `anchor_dir` is not "", the one kept apart.
Result<std::vector<std::string>> read_checkpoints(const std::string& log_dir,
                                                  const std::string& anchor_dir);

// One line of `strait sessions list`.
struct SessionSummary {
  std::string id;
  std::string issuer;
  std::string subject;
  std::string role;
  std::string name;  // RoleSessionName
  Timestamp first{};
  Timestamp last{};
  Timestamp expires{};
  bool closed = false;
  std::uint64_t calls = 0;    // INTENTs
  std::uint64_t denied = 0;   // REFUSED, other than those that wait for people
  std::uint64_t asked = 0;    // APPROVAL_REQUESTED
  std::uint64_t failed = 0;   // RESULT with status >= 400
  std::uint64_t unknown = 0;  // OUTCOME_UNKNOWN
  std::uint64_t masked = 0;   // members covered
};

// Every session in the log, in order of its first record.
Result<std::vector<SessionSummary>> session_index(const std::string& log_dir);

// The leaves of one session, in order. An unambiguous prefix of the id, at least "ses_" and 6
// characters, is enough; kNotFound and kConflict say what else.
Result<std::vector<LeafAt>> session_leaves(const std::string& log_dir, std::string_view session_id);

}  // namespace strait::store
