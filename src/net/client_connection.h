// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "async/task.h"
#include "base/limits.h"
#include "base/result.h"
#include "net/body_reader.h"
#include "net/channel.h"
#include "net/http_parser.h"
#include "net/tls.h"

// The client's end of one HTTP/1.1 connection: sends one request at a time, reads its reply.
// Upstream and fetch() stand on it. Loop thread only.
namespace strait::net {

class ClientConnection {
 public:
  ClientConnection(async::Loop& loop, Channel::Socket socket)
      : channel_(loop, std::move(socket)), in_(loop) {}

  // Resolves, connects and shakes hands. `tls` null: plain. The certificate must carry `host`.
  static async::Task<Result<std::unique_ptr<ClientConnection>>> open(
      async::Loop& loop, std::string host, std::uint16_t port, std::shared_ptr<ClientTls> tls,
      std::chrono::milliseconds connect_deadline);

  // -- The request: the caller formats the head into head_out() and writes.
  std::string& head_out() { return out_; }
  Channel& channel() { return channel_; }
  void begin(std::string_view method);  // of the next request
  // The head, with a body that is here already: in one piece when it is small.
  Channel::Pieces head_with(std::string_view body) {
    if (body.size() > Buffer::kSmallBytes) return {out_, body};
    out_ += body;
    return {out_};
  }
  void request_is_whole() { request_whole_ = true; }

  // After a head that asks first: false when the upstream answered for good instead (or nonsense:
  // find_head() tells). True when it says to go on, or nothing for limits::kContinueWait.
  async::Task<bool> may_continue();
  // While a body is being sent: notices a reply that comes before its end, and interrupts the
  // writing then.
  void watch_for_early_reply();
  void stop_watching() { channel_.unwatch(); }
  bool replied_early() const { return early_; }
  // After a write that failed: true when a reply is there all the same, for read_head() to return.
  async::Task<bool> last_words(Pace pace);

  // -- The reply. find_head(): is its head here? While it is not, say what more() brought to
  // arrived(). take_head() once it is.
  Result<bool> find_head();
  async::Task<IoResult> more(Pace& pace) { return channel_.read_into(in_, pace); }
  Result<bool> arrived(const IoResult& read);
  ReplyFrame take_head() { return std::move(frame_); }
  // All of that.
  async::Task<Result<ReplyFrame>> read_head(Pace pace);
  bool body_done() const { return body_.done(); }
  async::Task<Result<std::string_view>> read_some();
  // The rest of the body without waiting: nullopt when it is not all here.
  std::optional<std::string_view> take_whole(std::size_t bytes_max) {
    return body_.take_whole(in_, bytes_max);
  }
  void set_stall(std::chrono::milliseconds stall) { stall_ = stall; }  // for the body

  // True when another request may follow on this connection: all of this one's bytes went out and
  // came in.
  bool reusable() const;
  // For a connection from the pool: nothing arrived since, and the peer is there.
  bool fresh() const { return channel_.silent(); }

 private:
  enum class Found : std::uint8_t { kMore, kFinal };
  Result<Found> scan();
  static bool on_arrival(void* self);

  Channel channel_;
  Buffer in_;
  std::string out_;
  bool to_head_ = false;
  bool request_whole_ = false;
  bool early_ = false;
  bool keep_alive_ = false;
  bool widen_next_ = false;
  int interim_ = 0;
  HeadScanner scanner_;
  ReplyFrame frame_;
  BodyReader body_{Trailers::kSkipped};
  Pace pace_{};
  std::chrono::milliseconds stall_ = limits::kBodyStallDeadline;
  std::optional<Error> early_fault_;
};

}  // namespace strait::net
