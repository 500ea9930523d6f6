// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

// Transfer-Encoding: chunked (RFC 9112, 7.1), strictly: 1 to 16 hex digits, CRLF, nothing else.
// Chunk extensions are refused: nobody needs them, and servers disagree on where they end. Pure; no
// I/O.
namespace strait::net {

enum class Trailers : std::uint8_t {
  kRefused,  // on requests: AWS's trailers travel inside the body, in aws-chunked
  kSkipped,  // on replies: checked for grammar and dropped
};

// Push decoder. Feed what has arrived; it never copies: data are slices of what was fed.
class ChunkedDecoder {
 public:
  explicit ChunkedDecoder(Trailers trailers) : trailers_(trailers) {}

  struct Step {
    std::size_t consumed = 0;  // bytes of `input` used up, data included
    std::string_view data;     // a slice of `input`; may be empty while framing is read
  };
  // Takes the framing at the front of `input` and at most one run of data. Call again with the rest
  // until it consumes nothing, then with more input. kMalformedRequest or kLimitExceeded on a break
  // of the grammar, for good.
  Result<Step> next(std::string_view input);

  bool done() const { return state_ == State::kDone; }

 private:
  enum class State : std::uint8_t {
    kSize,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailer,
    kTrailerLine,
    kTrailerLf,
    kEndLf,
    kDone
  };
  Status take(char byte);
  Status take_size(char byte);
  Status take_trailer(char byte);

  Trailers trailers_;
  State state_ = State::kSize;
  std::uint64_t size_ = 0;  // of the chunk being read, then what is left of it
  std::uint32_t digits_ = 0;
  std::uint32_t trailer_bytes_ = 0;
  bool colon_ = false;
};

// The line before a chunk of `size` bytes, size > 0; after the bytes comes kChunkEnd. The body ends
// with kLastChunk.
void append_chunk_size(std::string& out, std::uint64_t size);
inline constexpr std::string_view kChunkEnd = "\r\n";
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace strait::net
