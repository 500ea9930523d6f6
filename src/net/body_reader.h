// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "net/buffer.h"
#include "net/chunked.h"
#include "net/http_parser.h"

namespace strait::net {

// Takes one message's body out of a connection's buffer as it arrives, without the framing. Never
// beyond its end: what follows belongs to the next message. No I/O.
class BodyReader {
 public:
  explicit BodyReader(Trailers trailers) : trailers_(trailers), chunks_(trailers) {}

  void begin(Framing framing, std::uint64_t length) {
    framing_ = framing;
    left_ = length;
    if (framing == Framing::kChunked) chunks_ = ChunkedDecoder(trailers_);
  }

  // A slice of `in`, taken off it; empty when more must be read first, or at the end. Valid until
  // `in` is read into again. After an error the rest cannot be delimited.
  Result<std::string_view> take(Buffer& in) {
    std::string_view data;
    if (framing_ == Framing::kLength) {
      data = in.bytes().substr(0, std::min<std::uint64_t>(left_, in.size()));
      in.consume(data.size());
      left_ -= data.size();
      if (left_ == 0) framing_ = Framing::kNone;
    } else if (framing_ == Framing::kUntilClose) {
      data = in.bytes();
      in.consume(data.size());
    }
    while (framing_ == Framing::kChunked && data.empty() && !in.empty()) {
      TRY(const auto step, chunks_.next(in.bytes()));
      data = step.data;
      in.consume(step.consumed);
      if (chunks_.done()) framing_ = Framing::kNone;
    }
    return data;
  }

  // The rest of the body, when it is here as a whole, has a known length, and is no longer than
  // `bytes_max`; nullopt otherwise. Valid as that of take().
  std::optional<std::string_view> take_whole(Buffer& in, std::size_t bytes_max) {
    if (framing_ == Framing::kNone) return std::string_view();
    if (framing_ != Framing::kLength || left_ > std::min(in.size(), bytes_max)) return std::nullopt;
    const auto data = in.bytes().substr(0, left_);
    in.consume(data.size());
    end();
    left_ = 0;
    return data;
  }

  bool done() const { return framing_ == Framing::kNone; }
  Framing framing() const { return framing_; }
  std::uint64_t left() const { return left_; }  // for kLength
  // Of a body until close, when that has come.
  void end() { framing_ = Framing::kNone; }

 private:
  Trailers trailers_;
  Framing framing_ = Framing::kNone;
  std::uint64_t left_ = 0;
  ChunkedDecoder chunks_;
};

}  // namespace strait::net
