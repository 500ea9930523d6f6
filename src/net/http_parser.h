// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <expected>
#include <string_view>

#include "base/result.h"
#include "journey/http.h"

// HTTP/1.1 heads (RFC 9112), read strictly: there is one way to read what is accepted here, and
// every parser behind us agrees with it. Pure functions over bytes; no I/O. What is refused beyond
// the RFC, and why, is in src/net/README.md.
namespace strait::net {

// Finds where a head ends while its bytes arrive, looking at each byte once. Bare LF and a head
// over limits::kHeadBytesMax are noticed at once, so that nobody waits for the end of a broken
// head.
class HeadScanner {
 public:
  enum class State : std::uint8_t { kMore, kComplete, kMalformed, kTooLong };
  // `bytes` is everything since the start of the head; it only grows between calls.
  State scan(std::string_view bytes);
  std::size_t length() const { return at_; }  // of the head with its empty line, when complete

 private:
  std::size_t at_ = 0;  // start of the line that is not ended yet
};

// How the body after a head is delimited.
enum class Framing : std::uint8_t { kNone, kLength, kChunked, kUntilClose };

enum class TargetForm : std::uint8_t { kOrigin, kAbsolute, kAuthority, kAsterisk };

struct RequestFrame {
  journey::RequestHead head;
  TargetForm form = TargetForm::kOrigin;
  Framing framing = Framing::kNone;
  std::uint64_t length = 0;  // bytes, for kLength
  bool keep_alive = true;
  bool expect_continue = false;
};

struct HeadFault {
  Error error;
  int status = 400;  // what an HTTP client should be told
};

// `head` runs up to and including the empty line.
std::expected<RequestFrame, HeadFault> parse_request_head(std::string_view head);

struct ReplyFrame {
  journey::ReplyHead head;
  Framing framing = Framing::kNone;
  std::uint64_t length = 0;
  bool keep_alive = true;
};

// A reply to a request of `method`: HEAD has no body whatever its head says. HTTP/1.0 is accepted
// from servers, and then ends with the connection. Errors are kUpstreamInvalid.
Result<ReplyFrame> parse_reply_head(std::string_view head, std::string_view method);

// The RFC's name for a status, for the status line: "Not Found"; "Status" for those it does not
// name.
std::string_view reason_phrase(int status);

}  // namespace strait::net
