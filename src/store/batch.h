// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "async/task.h"
#include "base/ids.h"
#include "base/result.h"
#include "ledger/leaf.h"

// What one durable write carries: frames one after the other in memory aligned for O_DIRECT, and
// who waits for each.
namespace strait::store {

struct Chain;

// A leaf on its way to the disk.
struct Entry {
  ledger::Kind kind = ledger::Kind::kAdmin;
  Chain* chain = nullptr;    // of its session; nullptr outside any
  std::uint64_t seq = 0;     // in the chain
  CallId call;               // of an INTENT
  std::uint64_t intent = 0;  // of a call's end: the INTENT's index
  crypto::Digest hash{};     // filled by the writer
};

// Told when its entry is durable, or surely is not going to be.
using Waiter = std::move_only_function<void(Status)>;

struct Waiting {
  Waiter waiter;
  async::Loop::executor_type executor;
};

class Batch {
 public:
  Batch() = default;
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;
  ~Batch();

  bool empty() const { return entries_.empty(); }
  std::size_t bytes() const { return used_; }
  std::vector<Entry>& entries() { return entries_; }
  std::vector<Waiting>& waiting() { return waiting_; }

  // Room for a frame whose leaf has at most `leaf_bytes`; valid until the next call.
  char* reserve(std::size_t leaf_bytes);
  // The frame at the reserved place is `leaf_bytes` long and sealed.
  void add(std::size_t leaf_bytes, Entry entry);

  // Takes `bytes` as they are, without an entry: a segment's header.
  void put(std::string_view bytes);

  // Pads with zeros to whole blocks and gives all of it.
  std::pair<char*, std::size_t> blocks();
  void clear();  // keeps the memory, unless it has grown large

 private:
  char* bytes_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t used_ = 0;
  std::vector<Entry> entries_;
  std::vector<Waiting> waiting_;
};

// Runs each waiter on its executor: one post per executor, not per waiter.
void resume(std::vector<Waiting> waiting, const Status& status);

}  // namespace strait::store
