// SPDX-License-Identifier: Apache-2.0
#include "net/front.h"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstring>

#include "async/timers.h"

namespace strait::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr int kBacklog = 4096;
constexpr std::chrono::milliseconds kBackOff{100};

std::string peer_name(const Channel::Socket& socket) {
  boost::system::error_code error;
  const auto end = socket.remote_endpoint(error);
  if (error) return "unknown";
  if (end.protocol().family() == AF_UNIX) return "unix";
  tcp::endpoint peer;
  peer.resize(end.size());
  std::memcpy(peer.data(), end.data(), end.size());
  const auto address = peer.address().to_string();
  const auto port = std::to_string(peer.port());
  return peer.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

void set_option(int socket, int level, int name) {
  const int on = 1;
  static_cast<void>(::setsockopt(socket, level, name, &on, sizeof on));
}

std::unexpected<Error> cannot_listen(const std::string& where, int code) {
  return fail(ErrorCode::kInvalidConfiguration,
              "cannot listen on " + where + ": " + std::strerror(code));
}

// With SO_REUSEPORT two gateways of one user could share a port without knowing. The first listener
// of a process asks for the port alone, once, to find out.
int probe(const tcp::endpoint& end) {
  const int socket = ::socket(end.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return errno;
  set_option(socket, SOL_SOCKET, SO_REUSEADDR);
  const int code = ::bind(socket, end.data(), static_cast<socklen_t>(end.size())) == 0 ? 0 : errno;
  ::close(socket);
  return code;
}

}  // namespace

Front::Front(async::Loop& loop, const async::Clock& clock, std::size_t connections_max,
             Patience patience)
    : loop_(loop), clock_(clock), connections_max_(connections_max), patience_(patience) {}

Result<std::uint16_t> Front::listen_tcp(const std::string& address, std::uint16_t port,
                                        std::shared_ptr<ServerTls> tls, bool shared,
                                        std::shared_ptr<TunnelHosts> tunnels) {
  const auto where = address + ":" + std::to_string(port);
  boost::system::error_code error;
  const auto ip = asio::ip::make_address(address, error);
  if (error)
    return fail(ErrorCode::kInvalidConfiguration,
                quoted(address) + " is not an IP address to listen on");
  const tcp::endpoint end(ip, port);
  if (!shared && port != 0) {
    if (const int code = probe(end); code != 0) return cannot_listen(where, code);
  }
  Acceptor acceptor(loop_);
  acceptor.open(asio::generic::stream_protocol(end.protocol()), error);
  if (error) return cannot_listen(where, error.value());
  set_option(acceptor.native_handle(), SOL_SOCKET, SO_REUSEADDR);
  set_option(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT);
  acceptor.bind(asio::generic::stream_protocol::endpoint(end), error);
  if (!error) acceptor.listen(kBacklog, error);
  if (error) return cannot_listen(where, error.value());
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  ::getsockname(acceptor.native_handle(), reinterpret_cast<sockaddr*>(&bound), &size);
  doors_.push_back({std::move(acceptor), std::move(tls), std::move(tunnels)});
  // The port stands at the same place for IPv4 and IPv6.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&bound)->sin_port);
}

Status Front::listen_unix(const std::string& path, unsigned mode) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return fail(ErrorCode::kInvalidConfiguration,
                "the socket path " + quoted(path) + " must have 1 to 107 bytes");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  const auto* raw = reinterpret_cast<const sockaddr*>(&address);
  // A socket file that nobody listens on was left by a process that died.
  const int knock = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool alive = ::connect(knock, raw, sizeof address) == 0;
  const bool left_over = !alive && errno == ECONNREFUSED;
  ::close(knock);
  if (alive) return cannot_listen(path, EADDRINUSE);
  if (left_over) ::unlink(path.c_str());
  boost::system::error_code error;
  Acceptor acceptor(loop_);
  acceptor.open(asio::generic::stream_protocol(AF_UNIX, 0), error);
  if (error) return cannot_listen(path, error.value());
  // Before bind, so that the file never has wider rights.
  ::fchmod(acceptor.native_handle(), mode);
  acceptor.bind({raw, sizeof address, 0}, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (error) return cannot_listen(path, error.value());
  doors_.push_back({std::move(acceptor), nullptr, nullptr});
  return {};
}

void Front::start() {
  for (auto& door : doors_)
    asio::co_spawn(loop_, accept_all(shared_from_this(), door), asio::detached);
}

async::Task<void> Front::accept_all(std::shared_ptr<Front> self, Door& door) {
  while (door.acceptor.is_open()) {
    if (self->open_.size() >= self->connections_max_) {
      co_await async::sleep_for(kBackOff);
      continue;
    }
    auto [error, socket] = co_await door.acceptor.async_accept(asio::as_tuple(asio::deferred));
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) co_return;
    if (error) {  // out of descriptors, or a client that left the queue
      if (error != asio::error::connection_aborted) co_await async::sleep_for(kBackOff);
      continue;
    }
    set_option(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY);
    asio::co_spawn(self->loop_, run(self, std::move(socket), door.tls, door.tunnels),
                   asio::detached);
  }
}

async::Task<void> Front::run(std::shared_ptr<Front> self, Channel::Socket socket,
                             std::shared_ptr<ServerTls> tls, std::shared_ptr<TunnelHosts> tunnels) {
  auto peer = peer_name(socket);
  HttpConnection connection(self->loop_, std::move(socket), std::move(peer), self->patience_);
  connection.set_date([front = self.get()] { return front->date(); });
  if (self->draining_) connection.close_after_reply();
  const auto place = self->open_.insert(self->open_.end(), &connection);
  struct Leave {
    Front& front;
    std::list<HttpConnection*>::iterator place;
    ~Leave() { front.open_.erase(place); }
  } const leave{*self, place};
  try {
    bool ready = true;
    if (tls != nullptr) ready = co_await self->shake_hands(connection, *tls);
    if (tunnels != nullptr) ready = co_await self->enter_tunnel(connection, *tunnels);
    if (ready) co_await self->talk(connection);
  } catch (...) {
    // An exception here is a broken invariant or lack of memory: this connection ends, the others
    // live on.
    connection.abort();
  }
}

async::Task<void> Front::talk(HttpConnection& connection) {
  while (true) {
    auto next = connection.look();
    while (next == HttpConnection::Next::kMore)
      next = connection.arrived(co_await connection.more());
    if (next == HttpConnection::Next::kClosed) break;
    if (next == HttpConnection::Next::kRejected) {
      rejected(connection, connection.fault());
      co_await connection.reject(connection.fault());
      break;
    }
    co_await serve(connection);
    if (!connection.reply_complete()) connection.abort();
    if (!connection.keeps_alive()) break;
  }
  co_await connection.linger();
}

async::Task<bool> Front::shake_hands(HttpConnection& connection, const ServerTls& tls,
                                     const std::string& only) {
  auto session = TlsSession::server(loop_, tls, only);
  if (!session) co_return false;
  const auto state = co_await connection.channel().start_tls(
      *std::move(session), {limits::kHandshakeDeadline, SIZE_MAX});
  if (state != IoState::kOk) connection.channel().close();
  co_return state == IoState::kOk;
}

async::Task<bool> Front::enter_tunnel(HttpConnection& connection, TunnelHosts& tunnels) {
  auto tunnel = co_await accept_connect(connection.channel(), tunnels, patience_);
  if (!tunnel) {
    if (tunnel.error().error.code == ErrorCode::kIo) co_return false;
    connection.refuse(std::move(tunnel).error());
    rejected(connection, connection.fault());
    co_await connection.reject(connection.fault());
    co_await connection.linger();
    co_return false;
  }
  connection.enter_tunnel(tunnel->host);
  co_return co_await shake_hands(connection, *tunnel->tls, tunnel->host);
}

// Asked for on every reply, so the clock is read once a tick at most.
std::string_view Front::date() {
  const auto tick = async::Deadlines::ticks();
  if (tick != date_tick_) {
    date_ = http_date(clock_.now());
    date_tick_ = tick;
  }
  return date_;
}

void Front::close_doors() {
  for (auto& door : doors_) {
    boost::system::error_code ignored;
    door.acceptor.close(ignored);
  }
}

void Front::stop() {
  close_doors();
  draining_ = true;
  for (auto* connection : open_) connection->abort();
}

async::Task<void> Front::drain(std::chrono::milliseconds deadline) {
  const auto self = shared_from_this();
  close_doors();
  draining_ = true;
  for (auto* connection : open_) {
    connection->close_after_reply();
    if (connection->idle()) connection->channel().close();
  }
  constexpr std::chrono::milliseconds kLook{20};
  for (auto left = deadline; !open_.empty() && left.count() > 0; left -= kLook)
    co_await async::sleep_for(kLook);
  for (auto* connection : open_) connection->abort();
  // The tasks of aborted connections end as soon as they run.
  for (int turn = 0; !open_.empty() && turn < 50; ++turn) co_await async::sleep_for(kLook);
}

}  // namespace strait::net
