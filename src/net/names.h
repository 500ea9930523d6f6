// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/execution_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <string>
#include <unordered_map>
#include <vector>

#include "async/deadlines.h"
#include "async/task.h"
#include "base/limits.h"
#include "base/result.h"
#include "net/channel.h"

// From a host name to a connected socket.
namespace strait::net {

// What DNS said lately, for one loop. Positive answers only, for limits::kNameCacheFor.
class Names final : public boost::asio::execution_context::service {
 public:
  using key_type = Names;
  static inline boost::asio::execution_context::id id;
  using Ends = std::vector<boost::asio::ip::tcp::endpoint>;

  explicit Names(boost::asio::execution_context& loop) : service(loop) {}
  static Names& of(async::Loop& loop) { return boost::asio::use_service<Names>(loop); }

  // The addresses of a name or an IP literal, in the resolver's order; at least one.
  // kUpstreamUnreachable.
  async::Task<Result<Ends>> find(async::Loop& loop, const std::string& host, std::uint16_t port);

 private:
  static constexpr std::size_t kNamesMax = 4096;
  struct Known {
    Ends ends;
    std::uint64_t until_tick;
  };
  void shutdown() override { known_.clear(); }
  std::unordered_map<std::string, Known> known_;
};

// Tries each address until one takes the connection, `deadline` each and at most
// three of them. TCP_NODELAY is set. kUpstreamUnreachable or kUpstreamTimeout.
async::Task<Result<Channel::Socket>> connect(
    async::Loop& loop, const std::string& host, std::uint16_t port,
    std::chrono::milliseconds deadline = limits::kConnectDeadline);

}  // namespace strait::net
