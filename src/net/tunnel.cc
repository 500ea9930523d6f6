// SPDX-License-Identifier: Apache-2.0
#include "net/tunnel.h"

#include "net/buffer.h"
#include "net/connect_head.h"
#include "net/header_lines.h"

namespace strait::net {
namespace {

constexpr std::string_view kEstablished = "HTTP/1.1 200 Connection established\r\n\r\n";

HeadFault gone() { return {error(ErrorCode::kIo, "the client is gone"), 400}; }

// The whole head of the first request, which is all that `in` then holds.
async::Task<std::expected<void, HeadFault>> read_head(Channel& channel, Buffer& in,
                                                      const Patience& patience) {
  HeadScanner scanner;
  Pace pace{patience.head, SIZE_MAX};
  while (true) {
    switch (scanner.scan(in.bytes())) {
      case HeadScanner::State::kComplete: {
        if (scanner.length() == in.size()) co_return std::expected<void, HeadFault>();
        co_return std::unexpected(
            malformed("bytes follow CONNECT before the tunnel stands: wait for the 200"));
      }
      case HeadScanner::State::kTooLong:
        co_return std::unexpected(malformed("the head is too long", 431));
      case HeadScanner::State::kMalformed:
        co_return std::unexpected(malformed("a line does not end with CRLF"));
      case HeadScanner::State::kMore: break;
    }
    const auto read = co_await channel.read_into(in, pace);
    if (read.state == IoState::kLate && !in.empty())
      co_return std::unexpected(malformed("the head came too slowly", 408));
    if (read.state != IoState::kOk) co_return std::unexpected(gone());
  }
}

}  // namespace

async::Task<std::expected<Tunnel, HeadFault>> accept_connect(Channel& channel, TunnelHosts& hosts,
                                                             Patience patience) {
  Buffer in(channel.loop());
  if (auto whole = co_await read_head(channel, in, patience); !whole)
    co_return std::unexpected(std::move(whole).error());
  auto host = parse_connect_head(in.bytes());
  if (!host) co_return std::unexpected(std::move(host).error());
  auto tls = hosts.show(*host);
  if (!tls) co_return std::unexpected(HeadFault{std::move(tls).error(), 403});
  if (co_await channel.write({kEstablished}) != IoState::kOk) co_return std::unexpected(gone());
  co_return Tunnel{*std::move(host), *std::move(tls)};
}

}  // namespace strait::net
