// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "async/clock.h"
#include "async/task.h"
#include "desk/desk.h"
#include "journey/session.h"
#include "net/plain_server.h"

// The management API behind the CLI: health, metrics, approvals. JSON in and out; errors are
// {"error":{"code","message"}}. Whoever asks about requests shows an OIDC token of a trusted issuer
// as bearer; what they may see and decide follows from it. docs/admin-api.md lists the routes.
namespace strait::admin {

struct Readiness {
  bool ready = false;
  std::string why;  // of the first part that cannot answer
};

struct AdminRooms {
  desk::Desk* desk;
  const async::Clock* clock;
  std::function<async::Task<Result<journey::Principal>>(std::string token)> identify;
  std::function<std::string()> metrics;  // Prometheus text
  std::function<Readiness()> readiness;
};

class Api {
 public:
  explicit Api(AdminRooms rooms) : rooms_(std::move(rooms)) {}

  async::Task<net::PlainReply> handle(net::PlainRequest request, net::PeerCredentials peer);

 private:
  using Reply = async::Task<Result<net::PlainReply>>;
  Reply route(const net::PlainRequest& request);
  Reply list_requests(const journey::Principal& who, bool pending_only);
  Reply show_request(const journey::Principal& who, std::string_view id);
  Reply decide(const journey::Principal& who, std::string_view id, bool approve,
               const std::string& body);

  AdminRooms rooms_;
};

}  // namespace strait::admin
