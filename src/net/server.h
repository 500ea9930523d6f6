// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/clock.h"
#include "async/task.h"
#include "base/limits.h"
#include "base/result.h"
#include "journey/journey.h"
#include "net/patience.h"
#include "net/tls.h"
#include "net/tunnel.h"

// The agent's side: HTTP/1.1 over TCP and TLS (RFC 9112), one Server a loop, each with listeners of
// its own (SO_REUSEPORT lets the kernel spread connections over the loops). Everything here belongs
// to the loop's thread.
//
// Requests on one connection are answered strictly in order: the next head is not looked at before
// the reply to the last one is complete. Head grammar and limits are applied before a handler sees
// anything; what breaks them is answered by the server itself with a bare 4xx and a closed
// connection (see Rejection).
namespace strait::net {

class HttpConnection;

// What the hallway holds for one request: the request, and the one way to answer it. Lives until
// the handler returns. When the handler returns without a complete reply, the connection is reset:
// no client mistakes it for an answer. One method at a time; a failed Status means that the client
// is gone or broke the grammar, and that nothing more can be sent except, for kMalformedRequest and
// kLimitExceeded from the reading methods, a reply (then the connection closes).
class Exchange {
 public:
  Exchange(HttpConnection& connection, journey::ReceivedRequest request)
      : connection_(connection), request_(std::move(request)) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  const journey::ReceivedRequest& request() const { return request_; }
  journey::ReceivedRequest take_request() {
    return std::move(request_);
  }  // after read_body, if that is wanted

  // True when the request has a body that is not read yet (it may turn out to be empty).
  bool body_pending() const;
  // Declared by content-length; nullopt for chunked bodies and those without a body.
  std::optional<std::uint64_t> body_length() const;

  // Reads the whole body into the request. Sends 100 Continue first when the client waits for it.
  // kLimitExceeded when it is larger than `bytes_max`. Does nothing when there is no body.
  async::Task<Status> read_body(std::size_t bytes_max);
  // The same when there is nothing to wait for. False: read_body() must be awaited.
  bool take_body(std::size_t bytes_max);

  // The next bytes of the body, without the chunked framing; empty at its end. Valid until the next
  // call on this Exchange. At most limits::kPipeBytes are held. Sends 100 Continue first when the
  // client waits for it.
  async::Task<Result<std::string_view>> read_some();

  // An interim reply. Also keeps a client waiting while a human decides (notes on holding: every 20
  // s, at most five).
  async::Task<Status> send_continue();

  // True when the client has closed its side. One poll(2); ask now and then.
  bool client_gone() const;

  // A field of ours for the head of the answer, whoever makes that head: x-strait-id and its like.
  // Added as it is, so no other field may have that name.
  void annotate(std::string_view name, std::string_view value);
  void drop_annotations();  // for an answer that says it all itself

  // A complete answer in one write. Framing headers (content-length, transfer-encoding, connection)
  // are the server's and are replaced; date is added when absent. HEAD, 204 and 304 send no body; a
  // HEAD reply keeps a content-length that the head declares.
  async::Task<Status> reply(const journey::RecordedReply& reply);
  // The same without waiting. nullopt when the client does not take all of it at once: then
  // `co_await flush()`, while `reply` is still there.
  std::optional<Status> reply_now(const journey::RecordedReply& reply);
  async::Task<Status> flush();

  // A streamed answer: start_reply, send any number of times, finish. With a content-length in the
  // head exactly that many bytes must follow, else the body goes out chunked. finish() takes the
  // last bytes from the record's body (its head is what start_reply already sent, and is ignored);
  // until then the client sees an incomplete answer.
  async::Task<Status> start_reply(const journey::MaskedReply& reply);
  async::Task<Status> send(std::string_view bytes);
  async::Task<Status> finish(const journey::RecordedReply& reply);

  // Resets the connection, so that what was sent cannot be taken for a complete answer.
  void abort();

  bool reply_started() const;

 private:
  HttpConnection& connection_;
  journey::ReceivedRequest request_;
};

using Handler = std::function<async::Task<void>(Exchange&)>;

// A head that was refused before there was a request: nothing was passed on. `status` is what the
// client got.
struct Rejection {
  journey::Arrival arrival;
  Error error;
  int status = 400;
};

struct Listen {
  std::string address = "127.0.0.1";  // an IP literal
  std::uint16_t port = 0;             // 0: the system chooses; see Server::ports()
  std::shared_ptr<ServerTls> tls;     // null: plain HTTP
  bool shared = false;  // the second and further loops that listen on the same port; the first one
                        // makes sure that no other process has it
  std::shared_ptr<TunnelHosts> tunnels = nullptr;  // set: a forward proxy's door, and no tls
};

struct ServerOptions {
  std::vector<Listen> listen;
  std::size_t connections_max = 16'384;  // per loop; further ones wait in the kernel's queue
  std::function<void(const Rejection&)> on_rejection;  // may be empty
  Patience patience;
};

class Server {
 public:
  // Opens the listeners, so that a taken port is reported here. Connections are served once start()
  // was called. `clock` and the handler must outlive the loop's run.
  static Result<std::unique_ptr<Server>> create(async::Loop& loop, const async::Clock& clock,
                                                ServerOptions options, Handler handler);
  ~Server();  // resets what is still open; before the loop, while it does not run or on its thread

  void start();
  std::vector<std::uint16_t> ports() const;  // in the order of ServerOptions::listen
  std::size_t connections() const;

  // Stops accepting, closes idle connections, lets requests in flight finish with `connection:
  // close`, and after `deadline` resets the rest.
  async::Task<void> drain(std::chrono::milliseconds deadline = limits::kDrainDeadline);

 private:
  friend class Exchange;
  struct Core;
  explicit Server(std::shared_ptr<Core> core) : core_(std::move(core)) {}
  static void set_body(journey::ReceivedRequest& request, std::string body);

  std::shared_ptr<Core> core_;
};

}  // namespace strait::net
