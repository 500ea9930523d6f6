// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/clock.h"
#include "async/task.h"
#include "base/limits.h"
#include "base/result.h"
#include "journey/http.h"
#include "net/tls.h"

// A small HTTP/1.1 server for what is not an agent's call: the management API, /metrics, /healthz.
// Whole requests in, whole replies out, with the same strict parser and limits as the data path. On
// TCP (plain or TLS) or on a Unix socket. Loop thread only.
namespace strait::net {

// Who is at the other end. On a Unix socket the kernel says so (SO_PEERCRED); on TCP only `address`
// is known.
struct PeerCredentials {
  std::string address;  // "127.0.0.1:53124", or "unix"
  std::optional<uid_t> uid;
  std::optional<gid_t> gid;
  std::optional<pid_t> pid;
};

struct PlainRequest {
  journey::RequestHead head;
  std::string body;
};

struct PlainReply {
  int status = 200;
  journey::Headers headers;
  std::string body;
};

using PlainHandler = std::function<async::Task<PlainReply>(PlainRequest, PeerCredentials)>;

struct PlainOptions {
  std::string address;     // an IP literal and `port`; or, when empty, `unix_path`
  std::uint16_t port = 0;  // 0: the system chooses
  std::string unix_path;   // at most 107 bytes; replaced when nobody listens on it any more
  mode_t unix_mode = 0600;
  std::shared_ptr<ServerTls> tls;  // TCP only; null: plain
  std::size_t body_bytes_max = 4 * limits::kMiB;
  std::size_t connections_max = 256;
};

class PlainServer {
 public:
  static Result<std::unique_ptr<PlainServer>> create(async::Loop& loop, const async::Clock& clock,
                                                     PlainOptions options, PlainHandler handler);
  ~PlainServer();

  void start();
  std::uint16_t port() const;  // 0 for a Unix socket
  async::Task<void> drain(std::chrono::milliseconds deadline = limits::kDrainDeadline);

 private:
  struct Core;
  explicit PlainServer(std::shared_ptr<Core> core) : core_(std::move(core)) {}
  std::shared_ptr<Core> core_;
};

}  // namespace strait::net
