// SPDX-License-Identifier: Apache-2.0
#include "gateway/agent_body.h"

#include <utility>

namespace strait::gateway {

async::Task<Result<std::string_view>> AgentBody::next() {
  while (ready_.empty() && !ended_) {
    CO_TRY(const auto piece, co_await exchange_.read_some());
    if (piece.empty()) {
      CO_CHECK_OK(end());
    } else {
      CO_CHECK_OK(take(piece));
    }
  }
  std::swap(given_, ready_);
  ready_.clear();
  co_return std::string_view(given_);
}

Status AgentBody::take(std::string_view piece) {
  if (chunks_) {
    // The final chunk is not among what feed() appends, so nothing needs holding here.
    return verifier_.feed(piece, [this](std::string_view bytes) { chunks_->feed(bytes, ready_); });
  }
  fresh_.clear();
  CHECK_OK(verifier_.feed(piece, [this](std::string_view bytes) { fresh_.append(bytes); }));
  if (fresh_.empty()) return {};  // framing only: what is held is still the newest
  std::swap(ready_, held_);
  std::swap(held_, fresh_);
  return {};
}

Status AgentBody::end() {
  ended_ = true;
  CHECK_OK(verifier_.finish());
  if (chunks_) return chunks_->finish(ready_);
  std::swap(ready_, held_);
  return {};
}

}  // namespace strait::gateway
