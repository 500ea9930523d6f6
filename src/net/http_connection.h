// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "journey/http.h"
#include "net/body_reader.h"
#include "net/channel.h"
#include "net/http_parser.h"
#include "net/patience.h"

// The server's end of one HTTP/1.1 connection: heads in, bodies in, replies out, one request at a
// time. Knows the protocol and its limits, and nothing of what requests mean. Exchange and
// PlainServer stand on it.
namespace strait::net {

class HttpConnection {
 public:
  HttpConnection(async::Loop& loop, Channel::Socket socket, std::string peer,
                 const Patience& patience)
      : channel_(loop, std::move(socket)), in_(loop), peer_(std::move(peer)), patience_(patience) {
    channel_.set_write_stall(patience.stall);
  }

  const std::string& peer() const { return peer_; }
  Channel& channel() { return channel_; }

  // -- Receiving: look() for the next request, and while it says kMore, say what more() brought to
  // arrived(). kRejected: the head broke the grammar; see fault(), and answer it with reject().
  enum class Next : std::uint8_t { kRequest, kMore, kRejected, kClosed };
  Next look();
  async::Task<IoResult> more();
  Next arrived(const IoResult& read);
  RequestFrame& frame() { return frame_; }  // of the request that was found
  const HeadFault& fault() const { return fault_; }
  // For a head that somebody else read, a CONNECT: answer it with reject().
  Next refuse(HeadFault fault);
  // The connection is what goes on inside a tunnel to `host`.
  void enter_tunnel(std::string host) { tunnel_ = std::move(host); }
  const std::string& tunnel() const { return tunnel_; }  // "" outside one

  bool body_done() const { return body_.done() && !broken_; }
  std::optional<std::uint64_t> body_length() const;
  async::Task<Result<std::string_view>> read_some();
  async::Task<Result<std::string>> read_all(std::size_t bytes_max);
  // read_all() without waiting: nullopt when that must be called.
  std::optional<std::string_view> take_whole(std::size_t bytes_max);

  // -- Answering. The close of the connection is decided here: on the client's wish, on a body that
  // was not read, on draining.
  async::Task<Status> send_continue();
  void annotate(std::string_view name, std::string_view value);
  void drop_annotations() { notes_.clear(); }
  async::Task<Status> reply(const journey::ReplyHead& head, std::string_view body);
  // reply() without waiting. nullopt when the client does not take all of it at once: then
  // `co_await flush()`, with head and body still there.
  std::optional<Status> reply_now(const journey::ReplyHead& head, std::string_view body);
  async::Task<Status> flush();
  async::Task<Status> start(const journey::ReplyHead& head);
  async::Task<Status> send(std::string_view bytes);
  async::Task<Status> finish(std::string_view bytes);
  async::Task<Status> reject(const HeadFault& fault);
  void abort();

  bool reply_started() const { return reply_ != Reply::kNone; }
  bool reply_complete() const { return reply_ == Reply::kComplete; }
  bool keeps_alive() const { return reply_complete() && !closing_ && channel_.open(); }
  // After the last reply: lets the client read it before the connection goes.
  async::Task<void> linger();

  // -- For the Front that holds the connection.
  bool idle() const { return idle_; }
  void close_after_reply() { draining_ = true; }
  void set_date(std::function<std::string_view()> date) { date_ = std::move(date); }

 private:
  enum class Reply : std::uint8_t { kNone, kStreaming, kFlushing, kComplete };
  enum class ReplyBody : std::uint8_t { kLength, kChunked, kNone };

  Next find_head();
  Next begin_request(std::size_t head_bytes);
  async::Task<Status> fill();
  Result<std::string_view> take_buffered();
  void skip_buffered_body();
  void write_head(const journey::ReplyHead& head, std::optional<std::uint64_t> length,
                  bool chunked);
  Status sent(IoState state);
  bool replies_without_body(int status) const;

  Channel channel_;
  Buffer in_;
  std::string out_;    // head and short bodies; reused
  std::string notes_;  // fields that go out with the reply's head, whoever made it; reused
  std::string peer_;
  std::string tunnel_;
  Patience patience_;
  std::function<std::string_view()> date_;

  HeadScanner scanner_;
  Pace idle_pace_{};
  Pace head_pace_{};
  RequestFrame frame_;
  HeadFault fault_;
  bool to_head_ = false;  // the request is a HEAD
  BodyReader body_{Trailers::kRefused};
  std::uint64_t body_read_ = 0;
  bool broken_ = false;  // where the next request would begin cannot be known any more
  Pace body_pace_{};
  bool expects_continue_ = false;
  bool widen_next_ = false;  // the last read filled the buffer: more is waiting

  Channel::Pieces left_{};  // of the reply, for flush()
  Reply reply_ = Reply::kNone;
  ReplyBody reply_body_ = ReplyBody::kNone;
  std::uint64_t reply_left_ = 0;  // for a declared length
  bool closing_ = false;
  bool draining_ = false;
  bool idle_ = true;
};

}  // namespace strait::net
