// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <functional>
#include <future>
#include <string>
#include <thread>

#include "async/clock.h"
#include "net/server.h"
#include "net/upstream.h"

// For the tests of this room: the journey's stages without the rooms that earn them, a loop on a
// thread of its own, and blocking sockets that send whatever bytes a test wants sent. Only
// *_test.cc and *_bench.cc include it.
namespace strait::wire {
class Parser {};
class Serializer {};
}  // namespace strait::wire
namespace strait::sigv4 {
class Verifier {
 public:
  static journey::AuthenticatedCall authenticated() {
    journey::Call call{.catalog = nullptr, .operation = {nullptr, 0}};
    return {Badge<Verifier>(), {}, std::move(call), journey::Session{}};
  }
};
class Signer {
 public:
  static journey::OutgoingRequest outgoing(journey::RequestHead head, std::string body) {
    return {Badge<Signer>(), std::move(head), std::move(body)};
  }
};
}  // namespace strait::sigv4
namespace strait::policy {
class Judge {
 public:
  static journey::JudgedCall judged(journey::AuthenticatedCall call) {
    return {Badge<Judge>(), std::move(call), {}};
  }
};
}  // namespace strait::policy
namespace strait::desk {
class Desk {
 public:
  static journey::PermittedCall permitted(journey::JudgedCall call) {
    return {Badge<Desk>(), std::move(call), {}};
  }
};
}  // namespace strait::desk
namespace strait::mask {
class Masker {
 public:
  static journey::MaskedReply masked(journey::ReplyHead head) {
    return {Badge<Masker>(), std::move(head), "", true, {}};
  }
};
}  // namespace strait::mask
namespace strait::store {
class Recorder {
 public:
  static journey::IntendedCall intended() {
    return {Badge<Recorder>(),
            desk::Desk::permitted(policy::Judge::judged(sigv4::Verifier::authenticated())), 1};
  }
  static journey::RecordedReply recorded(journey::ReplyHead head, std::string body) {
    return {Badge<Recorder>(), std::move(head), std::move(body)};
  }
};
}  // namespace strait::store

namespace strait::net {

inline journey::RecordedReply answer(int status, std::string body, journey::Headers headers = {}) {
  return store::Recorder::recorded({status, std::move(headers)}, std::move(body));
}

inline journey::OutgoingRequest outgoing(
    std::string method, std::string target, std::string body = {},
    std::vector<std::pair<std::string, std::string>> more = {}) {
  journey::RequestHead head{std::move(method), std::move(target), {}};
  head.headers.add("host", "aws.test");
  for (const auto& [name, value] : more) head.headers.add(name, value);
  return sigv4::Signer::outgoing(std::move(head), std::move(body));
}

// A loop that runs on a thread of its own until it is destroyed. What lives on it is made and
// destroyed through on().
class Rig {
 public:
  Rig() : guard_(loop.get_executor()), thread_([this] { loop.run(); }) {}
  ~Rig() { stop(); }
  void stop() {
    guard_.reset();
    loop.stop();
    if (thread_.joinable()) thread_.join();
  }
  // Runs a task on the loop and waits for what it returns.
  template <class Body>
  auto on(Body body) {
    return boost::asio::co_spawn(loop, std::move(body), boost::asio::use_future).get();
  }

  async::SystemClock clock;
  async::Loop loop;

 private:
  boost::asio::executor_work_guard<async::Loop::executor_type> guard_;
  std::thread thread_;
};

// One end of a TCP connection, blocking, with a deadline on every read. Says what it sees and hides
// nothing.
class Peer {
 public:
  explicit Peer(int socket) : socket_(socket) {
    timeval deadline{20, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof deadline);
  }
  static Peer connect(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in end{};
    end.sin_family = AF_INET;
    end.sin_port = htons(port);
    end.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&end), sizeof end), 0);
    return Peer(socket);
  }
  Peer(Peer&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), seen_(std::move(other.seen_)) {}
  ~Peer() { close(); }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  // Up to and including `mark`; what is there when the connection ends first.
  std::string read_until(std::string_view mark) {
    while (seen_.find(mark) == std::string::npos && more()) {
    }
    const auto at = seen_.find(mark);
    return take(at == std::string::npos ? seen_.size() : at + mark.size());
  }
  std::string read(std::size_t bytes) {
    while (seen_.size() < bytes && more()) {
    }
    return take(std::min(bytes, seen_.size()));
  }
  std::string read_to_end() {
    while (more()) {
    }
    return take(seen_.size());
  }
  // A reply with a content-length, head and all.
  std::string read_reply() {
    auto head = read_until("\r\n\r\n");
    const auto at = head.find("content-length: ");
    if (at != std::string::npos) head += read(std::stoul(head.substr(at + 16)));
    return head;
  }
  // Bytes of a body that need not be kept.
  std::size_t swallow(std::size_t bytes) {
    std::size_t got = std::min(bytes, seen_.size());
    seen_.erase(0, got);
    static thread_local char waste[65536];
    while (got < bytes) {
      const auto count = ::recv(socket_, waste, std::min(sizeof waste, bytes - got), 0);
      if (count <= 0) break;
      got += static_cast<std::size_t>(count);
    }
    return got;
  }
  // Within two seconds nothing comes.
  bool silent(int milliseconds = 300) {
    pollfd poller{socket_, POLLIN, 0};
    return seen_.empty() && ::poll(&poller, 1, milliseconds) == 0;
  }
  void finish() { ::shutdown(socket_, SHUT_WR); }
  void reset() {
    const linger now{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }
  int socket() const { return socket_; }
  bool was_reset() const { return was_reset_; }

 private:
  bool more() {
    char bytes[65536];
    const auto count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count < 0) was_reset_ = errno == ECONNRESET;
    if (count <= 0) return false;
    seen_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }
  std::string take(std::size_t bytes) {
    auto out = seen_.substr(0, bytes);
    seen_.erase(0, bytes);
    return out;
  }
  int socket_;
  std::string seen_;
  bool was_reset_ = false;
};

// A server whose every connection is a script: `script(peer, number)` runs on a thread, one
// connection after another.
class Scripted {
 public:
  explicit Scripted(std::function<void(Peer&, int)> script) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in end{};
    end.sin_family = AF_INET;
    end.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof end;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&end), size), 0);
    ::listen(listener_, 64);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&end), &size);
    port_ = ntohs(end.sin_port);
    thread_ = std::thread([this, script = std::move(script)] {
      for (int number = 0;; ++number) {
        const int socket = ::accept(listener_, nullptr, nullptr);
        if (socket < 0) return;
        Peer peer(socket);
        script(peer, number);
      }
    });
  }
  ~Scripted() {
    stop();
    ::close(listener_);
  }
  // Until then what a script has noted is the script's.
  void stop() {
    if (!thread_.joinable()) return;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
  }
  std::uint16_t port() const { return port_; }

 private:
  int listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

// A Server with one plain listener on a rig.
class Served {
 public:
  explicit Served(Handler handler, ServerOptions options = {}) {
    if (options.listen.empty()) options.listen.emplace_back();
    auto made = Server::create(rig.loop, rig.clock, std::move(options), std::move(handler));
    EXPECT_TRUE(made) << (made ? "" : made.error().message);
    server = *std::move(made);
    boost::asio::post(rig.loop, [this] { server->start(); });
  }
  ~Served() { rig.stop(); }
  Peer connect(std::size_t listener = 0) const { return Peer::connect(server->ports()[listener]); }
  std::size_t connections() {  // as the loop has it
    return rig.on([this]() -> async::Task<std::size_t> { co_return server->connections(); });
  }

  Rig rig;
  std::unique_ptr<Server> server;
};

inline long resident_kib() {
  long pages = 0, resident = 0;
  if (FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return resident * (::sysconf(_SC_PAGESIZE) / 1024);
}

}  // namespace strait::net
