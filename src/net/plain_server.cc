// SPDX-License-Identifier: Apache-2.0
#include "net/plain_server.h"

#include <sys/socket.h>

#include "net/front.h"

namespace strait::net {
namespace {

PeerCredentials credentials_of(HttpConnection& connection) {
  PeerCredentials peer{connection.peer(), {}, {}, {}};
  ucred who{};
  socklen_t size = sizeof who;
  if (peer.address == "unix" &&
      ::getsockopt(connection.channel().descriptor(), SOL_SOCKET, SO_PEERCRED, &who, &size) == 0) {
    peer.uid = who.uid;
    peer.gid = who.gid;
    peer.pid = who.pid;
  }
  return peer;
}

int status_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kLimitExceeded: return 413;
    case ErrorCode::kMalformedRequest: return 400;
    default: return 0;  // the client is gone
  }
}

}  // namespace

struct PlainServer::Core final : Front {
  Core(async::Loop& loop, const async::Clock& clock, PlainOptions with, PlainHandler to)
      : Front(loop, clock, with.connections_max, Patience{}),
        options(std::move(with)),
        handler(std::move(to)) {}

  async::Task<void> serve(HttpConnection& connection) override {
    auto body = co_await connection.read_all(options.body_bytes_max);
    if (!body) {
      if (const int status = status_of(body.error()); status != 0) {
        const HeadFault fault{body.error(), status};
        co_await connection.reject(fault);
      }
      co_return;
    }
    PlainRequest request{std::move(connection.frame().head), *std::move(body)};
    auto peer = credentials_of(connection);
    auto reply = co_await handler(std::move(request), std::move(peer));
    const journey::ReplyHead head{reply.status, std::move(reply.headers)};
    co_await connection.reply(head, reply.body);
  }

  void rejected(HttpConnection&, const HeadFault&) override {}

  PlainOptions options;
  PlainHandler handler;
  std::uint16_t port = 0;
};

Result<std::unique_ptr<PlainServer>> PlainServer::create(async::Loop& loop,
                                                         const async::Clock& clock,
                                                         PlainOptions options,
                                                         PlainHandler handler) {
  auto core = std::make_shared<Core>(loop, clock, std::move(options), std::move(handler));
  const auto& with = core->options;
  if (with.address.empty()) {
    CHECK_OK(core->listen_unix(with.unix_path, with.unix_mode));
  } else {
    TRY(core->port, core->listen_tcp(with.address, with.port, with.tls, false));
  }
  return std::unique_ptr<PlainServer>(new PlainServer(std::move(core)));
}

PlainServer::~PlainServer() { core_->stop(); }

void PlainServer::start() { core_->start(); }
std::uint16_t PlainServer::port() const { return core_->port; }
async::Task<void> PlainServer::drain(std::chrono::milliseconds deadline) {
  return core_->drain(deadline);
}

}  // namespace strait::net
