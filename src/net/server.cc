// SPDX-License-Identifier: Apache-2.0
#include "net/server.h"

#include "crypto/random.h"
#include "net/front.h"

namespace strait::net {

struct Server::Core final : Front {
  Core(async::Loop& loop, const async::Clock& clock, ServerOptions with, Handler to)
      : Front(loop, clock, with.connections_max, with.patience),
        options(std::move(with)),
        handler(std::move(to)) {}

  async::Task<void> serve(HttpConnection& connection) override {
    Exchange exchange(connection, admit(connection));
    co_await handler(exchange);
  }

  void rejected(HttpConnection& connection, const HeadFault& fault) override {
    if (options.on_rejection)
      options.on_rejection({arrival(connection), fault.error, fault.status});
  }

  journey::Arrival arrival(HttpConnection& connection) {
    const auto now = clock().now();
    return {CallId::make(now, crypto::random_entropy()), now, connection.peer(),
            connection.channel().tls(), connection.tunnel()};
  }

  journey::ReceivedRequest admit(HttpConnection& connection) {
    return {Badge<Server>(), arrival(connection), std::move(connection.frame().head)};
  }

  ServerOptions options;
  Handler handler;
  std::vector<std::uint16_t> ports;
};

Result<std::unique_ptr<Server>> Server::create(async::Loop& loop, const async::Clock& clock,
                                               ServerOptions options, Handler handler) {
  auto core = std::make_shared<Core>(loop, clock, std::move(options), std::move(handler));
  for (const auto& listen : core->options.listen) {
    TRY(const auto port,
        core->listen_tcp(listen.address, listen.port, listen.tls, listen.shared, listen.tunnels));
    core->ports.push_back(port);
  }
  return std::unique_ptr<Server>(new Server(std::move(core)));
}

Server::~Server() { core_->stop(); }

void Server::start() { core_->start(); }
std::vector<std::uint16_t> Server::ports() const { return core_->ports; }
std::size_t Server::connections() const { return core_->connections(); }
async::Task<void> Server::drain(std::chrono::milliseconds deadline) {
  return core_->drain(deadline);
}

void Server::set_body(journey::ReceivedRequest& request, std::string body) {
  request.set_body(Badge<Server>(), std::move(body));
}

bool Exchange::body_pending() const { return !connection_.body_done(); }
std::optional<std::uint64_t> Exchange::body_length() const { return connection_.body_length(); }

async::Task<Status> Exchange::read_body(std::size_t bytes_max) {
  if (connection_.body_done()) co_return Status();
  CO_TRY(auto body, co_await connection_.read_all(bytes_max));
  Server::set_body(request_, std::move(body));
  co_return Status();
}

bool Exchange::take_body(std::size_t bytes_max) {
  if (connection_.body_done()) return true;
  const auto body = connection_.take_whole(bytes_max);
  if (body) Server::set_body(request_, std::string(*body));
  return body.has_value();
}

// None of these is a coroutine of its own: one frame less on the path of every request.
async::Task<Result<std::string_view>> Exchange::read_some() { return connection_.read_some(); }
async::Task<Status> Exchange::send_continue() { return connection_.send_continue(); }
async::Task<Status> Exchange::reply(const journey::RecordedReply& reply) {
  return connection_.reply(reply.head(), reply.body());
}
std::optional<Status> Exchange::reply_now(const journey::RecordedReply& reply) {
  return connection_.reply_now(reply.head(), reply.body());
}
async::Task<Status> Exchange::flush() { return connection_.flush(); }
void Exchange::annotate(std::string_view name, std::string_view value) {
  connection_.annotate(name, value);
}

void Exchange::drop_annotations() { connection_.drop_annotations(); }

async::Task<Status> Exchange::start_reply(const journey::MaskedReply& reply) {
  return connection_.start(reply.head());
}
async::Task<Status> Exchange::send(std::string_view bytes) { return connection_.send(bytes); }
async::Task<Status> Exchange::finish(const journey::RecordedReply& reply) {
  return connection_.finish(reply.body());
}

bool Exchange::client_gone() const { return connection_.channel().peer_closed(); }
bool Exchange::reply_started() const { return connection_.reply_started(); }
void Exchange::abort() { connection_.abort(); }

}  // namespace strait::net
