// SPDX-License-Identifier: Apache-2.0
#include "net/chunked.h"

#include <algorithm>

#include "base/limits.h"

namespace strait::net {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::unexpected<Error> broken(const char* what) {
  return fail(ErrorCode::kMalformedRequest, std::string("the chunked body is broken: ") + what);
}

}  // namespace

Result<ChunkedDecoder::Step> ChunkedDecoder::next(std::string_view input) {
  Step step;
  while (step.consumed < input.size() && state_ != State::kDone) {
    if (state_ == State::kData) {
      const auto size = std::min<std::uint64_t>(size_, input.size() - step.consumed);
      step.data = input.substr(step.consumed, size);
      step.consumed += size;
      size_ -= size;
      if (size_ == 0) state_ = State::kDataCr;
      return step;
    }
    CHECK_OK(take(input[step.consumed]));
    ++step.consumed;
  }
  return step;
}

Status ChunkedDecoder::take(char byte) {
  switch (state_) {
    case State::kSize: return take_size(byte);
    case State::kSizeLf:
      if (byte != '\n') return broken("a chunk size is not followed by CRLF");
      state_ = size_ > 0 ? State::kData : State::kTrailer;
      digits_ = 0;
      return {};
    case State::kDataCr:
      if (byte != '\r') return broken("a chunk is longer than its size");
      state_ = State::kDataLf;
      return {};
    case State::kDataLf:
      if (byte != '\n') return broken("a chunk is not followed by CRLF");
      state_ = State::kSize;
      return {};
    case State::kTrailer:
    case State::kTrailerLine:
    case State::kTrailerLf: return take_trailer(byte);
    case State::kEndLf:
      if (byte != '\n') return broken("the last chunk is not followed by an empty line");
      state_ = State::kDone;
      return {};
    case State::kData:
    case State::kDone: break;
  }
  return fail(ErrorCode::kInternal, "the chunked decoder was fed after its end");
}

Status ChunkedDecoder::take_size(char byte) {
  if (byte == '\r' && digits_ > 0) {
    state_ = State::kSizeLf;
    return {};
  }
  const int value = hex_value(byte);
  if (value < 0) return broken("a chunk size is not hexadecimal");
  // 15 digits reach an exabyte; more could only be zeros or an overflow.
  if (++digits_ > 15) return broken("a chunk size is too large");
  size_ = size_ * 16 + static_cast<std::uint64_t>(value);
  return {};
}

Status ChunkedDecoder::take_trailer(char byte) {
  if (++trailer_bytes_ > limits::kHeadBytesMax)
    return fail(ErrorCode::kLimitExceeded, "the trailers are too long");
  if (state_ == State::kTrailerLf) {
    if (byte != '\n' || !colon_) return broken("a trailer is not a header line");
    state_ = State::kTrailer;
    return {};
  }
  if (byte == '\r') {
    state_ = state_ == State::kTrailer ? State::kEndLf : State::kTrailerLf;
    return {};
  }
  if (trailers_ == Trailers::kRefused) return broken("trailers are not accepted");
  if (state_ == State::kTrailer) {
    colon_ = false;
    state_ = State::kTrailerLine;
    if (byte == ':' || byte == ' ' || byte == '\t') return broken("a trailer is not a header line");
  }
  if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f)
    return broken("a trailer holds a control byte");
  colon_ |= byte == ':';
  return {};
}

void append_chunk_size(std::string& out, std::uint64_t size) {
  char digits[18];
  char* at = digits + sizeof digits;
  *--at = '\n';
  *--at = '\r';
  for (; size > 0; size /= 16) *--at = "0123456789abcdef"[size % 16];
  out.append(at, digits + sizeof digits);
}

}  // namespace strait::net
