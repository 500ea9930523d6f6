// SPDX-License-Identifier: Apache-2.0
// The first byte chooses the options and the size of the pieces. However the body is cut, the same
// data comes out; and what is accepted, written again from its events, is accepted with the same
// data.
#include <cstdlib>
#include <optional>

#include "codec/aws_chunked.h"

using namespace strait::codec;

namespace {

struct Reading {
  std::string data;
  std::string rewritten;
};

std::optional<Reading> read(AwsChunkedOptions options, std::string_view body, std::size_t piece) {
  AwsChunkedDecoder decoder(options);
  Reading out;
  do {
    auto input = body.substr(0, piece);
    body.remove_prefix(input.size());
    while (true) {
      const auto event = decoder.next(input);
      if (!event) return std::nullopt;
      using Kind = AwsChunkedEvent::Kind;
      if (event->kind == Kind::kNeedMore) break;
      if (event->kind == Kind::kChunkStart)
        append_chunk_start(out.rewritten, event->size, event->signature);
      if (event->kind == Kind::kData)
        out.data.append(event->data), out.rewritten.append(event->data);
      if (event->kind == Kind::kChunkEnd || event->kind == Kind::kEnd) out.rewritten.append("\r\n");
      if (event->kind == Kind::kTrailer)
        append_chunk_trailer(out.rewritten, event->name, event->value);
      if (event->kind == Kind::kTrailerSignature) {
        append_chunk_trailer(out.rewritten, "x-amz-trailer-signature", event->signature);
      }
    }
  } while (!body.empty());
  if (!decoder.finished() || decoder.decoded_bytes() != out.data.size()) return std::nullopt;
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const AwsChunkedOptions options{.is_signed = (data[0] & 1) != 0,
                                  .has_trailers = (data[0] & 2) != 0,
                                  .decoded_bytes_max = 1 << 20};
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = read(options, body, SIZE_MAX);
  const auto pieces = read(options, body, 1 + data[0] / 4u);
  if (whole.has_value() != pieces.has_value()) std::abort();
  if (!whole) return 0;
  const auto again = read(options, whole->rewritten, SIZE_MAX);
  if (whole->data != pieces->data || !again || again->data != whole->data) std::abort();
  return 0;
}
