// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <expected>
#include <memory>
#include <string>

#include "async/task.h"
#include "base/result.h"
#include "net/channel.h"
#include "net/http_parser.h"
#include "net/patience.h"
#include "net/tls.h"

// The front part of a forward proxy: what a client says before its requests begin. Nothing is ever
// dialled for a CONNECT. The tunnel ends here, in a TLS server that shows a certificate for the
// host that was asked for, and the requests inside are served like all others.
namespace strait::net {

// For which hosts a tunnel is opened, and what is shown as them. Shared by the loops.
class TunnelHosts {
 public:
  virtual ~TunnelHosts() = default;
  // `host` as parse_connect_head() gives it. An error refuses the tunnel, with its message for the
  // client. Any thread; without waiting.
  virtual Result<std::shared_ptr<ServerTls>> show(const std::string& host) = 0;
};

struct Tunnel {
  std::string host;
  std::shared_ptr<ServerTls> tls;
};

// Reads a CONNECT and agrees to it. A fault must still be answered; kIo in it means that there is
// nobody left to answer. Bytes that come before the client was told that the tunnel stands are a
// fault too: they were meant for somebody else's parser.
async::Task<std::expected<Tunnel, HeadFault>> accept_connect(Channel& channel, TunnelHosts& hosts,
                                                             Patience patience);

}  // namespace strait::net
