// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"

// The framing of content-encoding aws-chunked, signed or not, with or without trailers. Framing
// only: signatures and checksums are reported, and sigv4 checks them. One decoder belongs to one
// body and one thread. Source: "Signature calculations for the authorization header: transferring
// payload in multiple chunks" and "... including trailing headers", Amazon S3 API reference.
//
//   body     = *chunk last trailers CRLF
//   chunk    = size [";chunk-signature=" 64HEXDIG] CRLF data CRLF         size and signature in hex
//   last     = "0"  [";chunk-signature=" 64HEXDIG] CRLF
//   trailers = *(name ":" value CRLF) ["x-amz-trailer-signature:" 64HEXDIG CRLF]
namespace strait::codec {

struct AwsChunkedEvent {
  enum class Kind : std::uint8_t {
    kNeedMore,          // the input is used up
    kChunkStart,        // size, signature; a chunk of size 0 is the last, and has no data and no
                        // kChunkEnd
    kData,              // data: the next piece of the chunk, pointing into the input
    kChunkEnd,          // the chunk is whole
    kTrailer,           // name (lower case) and value
    kTrailerSignature,  // signature
    kEnd,               // the body is whole
  };
  Kind kind = Kind::kNeedMore;
  std::uint64_t size = 0;
  std::string_view signature =
      {};  // 64 lower-case hex digits, or empty when the body is not signed
  std::string_view data = {};
  std::string_view name = {};
  std::string_view value = {};
};

struct AwsChunkedOptions {
  bool is_signed = true;      // every chunk must carry a signature; or none may
  bool has_trailers = false;  // at least one trailer must come; or none may
  std::uint64_t decoded_bytes_max = limits::kBodyStreamedBytesMax;
};

class AwsChunkedDecoder {
 public:
  explicit AwsChunkedDecoder(AwsChunkedOptions options) : options_(options) {}

  // The next event, taken off the front of `input`. Views other than `data` live until the next
  // call. After an error every call is an error. Input left after kEnd is refused by the next call.
  Result<AwsChunkedEvent> next(std::string_view& input);
  bool finished() const {
    return state_ == State::kEnd;
  }  // ask when the input has ended: a cut-off body is not whole
  std::uint64_t decoded_bytes() const { return decoded_bytes_; }

 private:
  enum class State : std::uint8_t { kHeader, kData, kDataEnd, kTrailer, kEnd, kFailed };
  Result<AwsChunkedEvent> step(std::string_view& input);
  Result<bool> take_line(std::string_view& input);
  Result<AwsChunkedEvent> read_header();
  Result<AwsChunkedEvent> read_data(std::string_view& input);
  Result<AwsChunkedEvent> read_data_end();
  Result<AwsChunkedEvent> read_trailer();

  AwsChunkedOptions options_;
  State state_ = State::kHeader;
  std::string line_;  // the line being read, without CRLF once complete
  bool line_complete_ = false;
  std::uint64_t left_ = 0;  // of the current chunk
  std::uint64_t decoded_bytes_ = 0;
  std::size_t trailers_ = 0;
  bool saw_trailer_signature_ = false;
};

// Encoding: append_chunk_start, the data, "\r\n"; in the end append_chunk_start with size 0,
// trailers, "\r\n".
void append_chunk_start(std::string& out, std::uint64_t size, std::string_view signature);
void append_chunk_trailer(std::string& out, std::string_view name, std::string_view value);

}  // namespace strait::codec
