// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "async/task.h"
#include "base/limits.h"
#include "base/result.h"
#include "journey/journey.h"
#include "net/tls.h"

// AWS's side: HTTP/1.1 over pooled keep-alive connections, one Upstream a loop, loop thread only.
// There are no redirects and no retries: whether a call may be repeated is for the agent's SDK to
// know. A pooled connection is checked for silence and life before it is used, and goes back to the
// pool only when the request was written whole and the reply read whole.
namespace strait::net {

struct Address {
  bool tls = true;
  std::string host;  // a DNS name or an IP literal; also the name that the certificate must carry
  std::uint16_t port = 443;
  bool operator==(const Address&) const = default;
};

// A request body that arrives piece by piece. The view is valid until the next call. Empty: the
// end. An error makes Upstream break the connection before the body's end, so that AWS discards the
// half.
class BodySource {
 public:
  virtual ~BodySource() = default;
  virtual async::Task<Result<std::string_view>> next() = 0;
};

enum class Delivery : std::uint8_t {
  kNothingSent,        // no byte of the request can have reached AWS: it surely did nothing
  kCutShort,           // a part has, but its end has not: AWS has no whole request to act on
  kPossiblyDelivered,  // it may have acted: the outcome is unknown
};

struct UpstreamFailure {
  Error error;  // kUpstreamUnreachable, kUpstreamTimeout, kUpstreamInvalid, or the BodySource's own
  Delivery delivery = Delivery::kPossiblyDelivered;
};

class ClientConnection;

// A reply whose head is here and whose body is on its way. Destroying it before the end closes the
// connection.
class UpstreamExchange {
 public:
  UpstreamExchange(UpstreamExchange&&) noexcept;
  UpstreamExchange& operator=(UpstreamExchange&&) noexcept;
  ~UpstreamExchange();

  const journey::ReplyHead& head() const { return head_; }
  // Declared by content-length; 0 for replies that have no body; nullopt when chunked or until
  // close.
  std::optional<std::uint64_t> body_length() const { return length_; }

  // The next bytes of the body, without the chunked framing; empty at its end. Valid until the next
  // call. An error means the reply is broken off: what was read must not be taken for the whole.
  async::Task<Result<std::string_view>> read_some();
  async::Task<Result<std::string>> read_all(std::size_t bytes_max = limits::kReplyBufferedBytesMax);

  // The head, with the whole body, as the next stage of the journey. After it head() is empty.
  async::Task<Result<journey::UpstreamReply>> buffered(
      std::size_t bytes_max = limits::kReplyBufferedBytesMax);
  // The same without waiting, when the body is here already; else nullopt.
  std::optional<journey::UpstreamReply> buffered_now(std::size_t bytes_max);
  // The head alone; the body follows through read_some().
  journey::UpstreamReply streamed();

 private:
  friend class Upstream;
  struct Source;  // the connection, and the pool it goes back to
  UpstreamExchange(std::unique_ptr<Source> source, journey::ReplyHead head,
                   std::optional<std::uint64_t> length);
  std::unique_ptr<Source> source_;
  journey::ReplyHead head_;
  std::optional<std::uint64_t> length_;
};

struct UpstreamOptions {
  std::shared_ptr<ClientTls> tls;  // null: only plain addresses can be reached
  std::chrono::milliseconds first_byte_deadline = limits::kUpstreamFirstByteDeadline;
  std::chrono::milliseconds stall_deadline = limits::kBodyStallDeadline;
};

class Upstream {
 public:
  // To be destroyed before `loop`, while the loop does not run or on its thread.
  Upstream(async::Loop& loop, UpstreamOptions options);
  ~Upstream();  // closes pooled connections; running exchanges must be over

  // Sends the request and reads the reply's head (1xx are skipped, at most
  // limits::kInterimRepliesMax). `body` streams a body after the head: `request.head()` then says
  // content-length, or the body goes out chunked; null: the body is request.body(). Host is the
  // request's own. An early reply ends the sending. `receipt` proves that the INTENT of this call
  // is durable: without one there is no sending.
  async::Task<std::expected<UpstreamExchange, UpstreamFailure>> forward(
      const journey::IntendedCall& receipt, const journey::OutgoingRequest& request,
      const Address& address, BodySource* body = nullptr);

  std::size_t idle_connections() const;

 private:
  friend class UpstreamExchange;
  std::unique_ptr<UpstreamExchange::Source> prepare(const Address& address);
  static async::Task<Status> open(UpstreamExchange::Source& source, const Address& address);
  static UpstreamExchange arrived(std::unique_ptr<UpstreamExchange::Source> source);
  static journey::UpstreamReply arrived(journey::ReplyHead head, std::string body, bool streamed);
  struct Pool;
  std::shared_ptr<Pool> pool_;
};

}  // namespace strait::net
