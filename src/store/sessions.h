// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "base/time.h"
#include "ledger/leaf.h"
#include "store/batch.h"

// Where each session's chain of records stands, and which calls have begun and not ended: what the
// recorder must know to write the next leaf, rebuilt from the log when it opens. Guarded by the log
// writer's lock.
namespace strait::store {

struct Chain {
  std::string session;
  Timestamp expires{};
  std::uint64_t next_seq = 0;  // 0: SESSION_OPEN is still to be written
  crypto::Digest tail{};
  std::uint64_t durable_seq = 0;  // the same two for what is durable
  crypto::Digest durable_tail{};
  bool closed = false;
  bool durable_closed = false;
  std::uint32_t open_calls = 0;
};

struct OpenCall {
  CallId call;
  Chain* chain = nullptr;
  bool ending = false;  // its end is on the way to the disk
  bool owed = false;    // its end could not be written, or nobody is left to write one
  std::string why;      // owed: for the OUTCOME_UNKNOWN
};

class Sessions {
 public:
  // nullptr when the session has no chain here.
  Chain* find(std::string_view session);
  Chain& add(std::string_view session, Timestamp expires);

  // A leaf of `chain` was added to the pending batch.
  static void advance(Chain& chain, const crypto::Digest& hash) {
    ++chain.next_seq;
    chain.tail = hash;
  }

  void durable(std::span<Entry> entries, std::uint64_t first_index);
  void lost();
  // Follows a leaf read back from the log.
  void follow(const ledger::Leaf& leaf, std::uint64_t index, const crypto::Digest& hash);

  // The open call whose INTENT stands at `index`; nullptr when there is none.
  OpenCall* open_call(std::uint64_t index);
  std::unordered_map<std::uint64_t, OpenCall>& open_calls() { return open_calls_; }

  // Forgets chains that no leaf can come for any more: expired before `now`, nothing open, nothing
  // pending.
  void sweep(Timestamp now);
  std::size_t size() const { return chains_.size(); }

  // The durable state as JSON, for a segment's header.
  std::string snapshot(Timestamp last) const;
  static Result<Sessions> restore(std::string_view snapshot, Timestamp& last);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  std::unordered_map<std::string, Chain, Hash, std::equal_to<>>
      chains_;                                              // nodes stay put: entries point to them
  std::unordered_map<std::uint64_t, OpenCall> open_calls_;  // durable INTENTs by index
};

}  // namespace strait::store
