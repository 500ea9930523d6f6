// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "desk/desk.h"
#include "net/server.h"

namespace strait::gateway {

// Keeps an agent's connection open while the desk waits for a human.
class HoldOpen final : public desk::Interim {
 public:
  explicit HoldOpen(net::Exchange& exchange) : exchange_(exchange) {}
  async::Task<Status> send_continue() override { return exchange_.send_continue(); }
  bool client_gone() const override { return exchange_.client_gone(); }

 private:
  net::Exchange& exchange_;
};

}  // namespace strait::gateway
