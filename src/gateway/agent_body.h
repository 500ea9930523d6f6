// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "net/server.h"
#include "net/upstream.h"
#include "sigv4/body_verifier.h"
#include "sigv4/chunk_signer.h"

namespace strait::gateway {

// The agent's streamed body on its way to AWS: read from the exchange, checked by the verifier,
// framed anew by the chunk signer. The last bytes are held back until everything the agent promised
// has held; if it has not, next() fails and Upstream breaks the connection, so that AWS discards
// the half. Bounded memory: one piece in, one piece held.
class AgentBody final : public net::BodySource {
 public:
  AgentBody(net::Exchange& exchange, sigv4::BodyVerifier verifier,
            std::optional<sigv4::ChunkSigner> chunks)
      : exchange_(exchange), verifier_(std::move(verifier)), chunks_(std::move(chunks)) {}

  async::Task<Result<std::string_view>> next() override;
  std::uint64_t bytes() const { return verifier_.released(); }

 private:
  Status take(std::string_view piece);
  Status end();

  net::Exchange& exchange_;
  sigv4::BodyVerifier verifier_;
  std::optional<sigv4::ChunkSigner> chunks_;  // nullopt: the decoded bytes go as they are
  std::string ready_;                         // to be given out next
  std::string held_;   // plain bodies: the newest piece, given out when a newer one came
  std::string fresh_;  // what the piece at hand released
  std::string given_;  // what the last view points into
  bool ended_ = false;
};

}  // namespace strait::gateway
