// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "async/clock.h"
#include "async/task.h"
#include "base/result.h"
#include "net/http_connection.h"
#include "net/tls.h"
#include "net/tunnel.h"

// The front door of a server on one loop: listens, accepts, runs one task a connection, and shuts
// in good order. What a request means is for the class that derives from it. Shared by its
// connections' tasks, so that it outlives them; loop thread only.
namespace strait::net {

class Front : public std::enable_shared_from_this<Front> {
 public:
  Front(async::Loop& loop, const async::Clock& clock, std::size_t connections_max,
        Patience patience);
  virtual ~Front() = default;
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;

  // `shared`: other loops of this process listen on the same port, and this is not the first of
  // them.
  // `tunnels`: a forward proxy's door, where TLS begins inside a tunnel; then `tls` is null.
  Result<std::uint16_t> listen_tcp(const std::string& address, std::uint16_t port,
                                   std::shared_ptr<ServerTls> tls, bool shared,
                                   std::shared_ptr<TunnelHosts> tunnels = nullptr);
  Status listen_unix(const std::string& path, unsigned mode);
  void start();
  void stop();  // closes the listeners and resets every connection
  async::Task<void> drain(std::chrono::milliseconds deadline);
  std::size_t connections() const { return open_.size(); }
  async::Loop& loop() { return loop_; }
  const async::Clock& clock() const { return clock_; }

 protected:
  // Answers the request in connection.frame(). A connection whose reply is not complete afterwards
  // is reset.
  virtual async::Task<void> serve(HttpConnection& connection) = 0;
  virtual void rejected(HttpConnection& connection, const HeadFault& fault) = 0;

 private:
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol,
                                                      async::Loop::executor_type>;
  struct Door {
    Acceptor acceptor;
    std::shared_ptr<ServerTls> tls;
    std::shared_ptr<TunnelHosts> tunnels;
  };
  static async::Task<void> accept_all(std::shared_ptr<Front> self, Door& door);
  static async::Task<void> run(std::shared_ptr<Front> self, Channel::Socket socket,
                               std::shared_ptr<ServerTls> tls,
                               std::shared_ptr<TunnelHosts> tunnels);
  async::Task<void> talk(HttpConnection& connection);
  async::Task<bool> shake_hands(HttpConnection& connection, const ServerTls& tls,
                                const std::string& only = {});
  async::Task<bool> enter_tunnel(HttpConnection& connection, TunnelHosts& tunnels);
  std::string_view date();
  void close_doors();

  async::Loop& loop_;
  const async::Clock& clock_;
  std::size_t connections_max_;
  Patience patience_;
  std::list<Door> doors_;
  std::list<HttpConnection*> open_;
  std::string date_;
  std::uint64_t date_tick_ = 0;
  bool draining_ = false;
};

}  // namespace strait::net
