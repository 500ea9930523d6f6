// SPDX-License-Identifier: Apache-2.0
#include "net/names.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>

#include "base/limits.h"

namespace strait::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t kAttemptsMax = 3;

std::string place(const std::string& host, std::uint16_t port) {
  return quoted(host + ":" + std::to_string(port));
}

struct Attempt {
  explicit Attempt(async::Loop& loop) : socket(loop), deadline(loop, &Attempt::late, this) {}
  static void late(void* self) {
    auto& attempt = *static_cast<Attempt*>(self);
    attempt.timed_out = true;
    boost::system::error_code ignored;
    attempt.socket.close(ignored);
  }
  Channel::Socket socket;
  async::Deadlines::Entry deadline;
  bool timed_out = false;
};

}  // namespace

async::Task<Result<Names::Ends>> Names::find(async::Loop& loop, const std::string& host,
                                             std::uint16_t port) {
  boost::system::error_code error;
  if (const auto ip = asio::ip::make_address(host, error); !error)
    co_return Ends{tcp::endpoint(ip, port)};
  const auto where = host + ":" + std::to_string(port);
  const auto now = async::Deadlines::ticks();
  if (const auto known = known_.find(where);
      known != known_.end() && known->second.until_tick > now) {
    co_return known->second.ends;
  }
  tcp::resolver resolver(loop);
  auto [failed, found] = co_await resolver.async_resolve(
      host, std::to_string(port), tcp::resolver::numeric_service, asio::as_tuple(asio::deferred));
  if (failed || found.empty()) {
    co_return fail(ErrorCode::kUpstreamUnreachable,
                   "the name " + quoted(host) + " cannot be resolved", failed.message());
  }
  Ends ends;
  for (const auto& entry : found) ends.push_back(entry.endpoint());
  if (known_.size() >= kNamesMax) known_.clear();
  known_[where] = {
      ends, now + static_cast<std::uint64_t>(limits::kNameCacheFor / async::Deadlines::kTick)};
  co_return ends;
}

async::Task<Result<Channel::Socket>> connect(async::Loop& loop, const std::string& host,
                                             std::uint16_t port,
                                             std::chrono::milliseconds deadline) {
  CO_TRY(const auto ends, co_await Names::of(loop).find(loop, host, port));
  bool timed_out = false;
  std::string why;
  for (std::size_t i = 0; i < std::min(ends.size(), kAttemptsMax); ++i) {
    Attempt attempt(loop);
    attempt.deadline.arm(deadline);
    const auto [error] = co_await attempt.socket.async_connect(
        asio::generic::stream_protocol::endpoint(ends[i]), asio::as_tuple(asio::deferred));
    attempt.deadline.disarm();
    if (!error && !attempt.timed_out) {
      boost::system::error_code ignored;
      attempt.socket.set_option(tcp::no_delay(true), ignored);
      co_return std::move(attempt.socket);
    }
    timed_out = attempt.timed_out;
    why = error.message();
  }
  if (timed_out)
    co_return fail(ErrorCode::kUpstreamTimeout,
                   "connecting to " + place(host, port) + " takes too long");
  co_return fail(ErrorCode::kUpstreamUnreachable, "cannot connect to " + place(host, port), why);
}

}  // namespace strait::net
