// SPDX-License-Identifier: Apache-2.0
// Target: ChunkedDecoder. However the bytes are cut, the decoder says the same; and what it says
// can be encoded again.
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "net/chunked.h"

namespace {

struct Outcome {
  std::string data;
  std::size_t used = 0;
  bool done = false;
  bool operator==(const Outcome&) const = default;
};

std::optional<Outcome> decode(std::string_view input, std::size_t step) {
  strait::net::ChunkedDecoder decoder(strait::net::Trailers::kSkipped);
  Outcome out;
  for (std::size_t end = 0; !decoder.done();) {
    const auto result = decoder.next(input.substr(out.used, end - out.used));
    if (!result) return std::nullopt;
    out.data += result->data;
    out.used += result->consumed;
    if (result->consumed > 0) continue;
    if (end == input.size()) break;
    end = std::min(input.size(), end + step);
  }
  out.done = decoder.done();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto whole = decode(input, SIZE_MAX / 2);
  if (whole != decode(input, 1) || whole != decode(input, 3)) std::abort();
  if (!whole || !whole->done) return 0;
  std::string again;
  if (!whole->data.empty()) {
    strait::net::append_chunk_size(again, whole->data.size());
    again += whole->data;
    again += strait::net::kChunkEnd;
  }
  again += strait::net::kLastChunk;
  const auto back = decode(again, 5);
  if (!back || !back->done || back->data != whole->data) std::abort();
  return 0;
}
