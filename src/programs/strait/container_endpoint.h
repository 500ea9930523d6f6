// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "async/clock.h"
#include "net/plain_server.h"
#include "programs/strait/login_client.h"

namespace strait::programs {

// The container-credentials endpoint that every AWS SDK can read
// (AWS_CONTAINER_CREDENTIALS_FULL_URI), on loopback, for one child process: `strait exec`. It
// answers with a virtual credential and renews it in time. Only the bearer of the token is
// answered; a browser, however it got here, is not (exact Host, no Origin, no Sec-Fetch-*). It
// never waits for a human and, while the gateway cannot be reached, hands out the old credential:
// then the API call itself says what is wrong, where SDKs would hide it here.
class ContainerEndpoint {
 public:
  static Result<std::unique_ptr<ContainerEndpoint>> create(async::Loop& loop,
                                                           const async::Clock& clock,
                                                           LoginOptions options,
                                                           std::string bearer);
  // The first login, so that a wrong token is told before the child starts.
  async::Task<Status> warm_up();
  void start() { server_->start(); }
  std::string url() const;

 private:
  ContainerEndpoint(async::Loop& loop, const async::Clock& clock, LoginOptions options,
                    std::string bearer)
      : loop_(loop), clock_(clock), options_(std::move(options)), bearer_(std::move(bearer)) {}
  async::Task<net::PlainReply> answer(const net::PlainRequest& request);
  bool is_ours(const net::PlainRequest& request) const;

  async::Loop& loop_;
  const async::Clock& clock_;
  LoginOptions options_;
  std::string bearer_;
  std::unique_ptr<net::PlainServer> server_;
  std::optional<LoginCredential> credential_;
};

}  // namespace strait::programs
