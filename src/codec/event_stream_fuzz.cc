// SPDX-License-Identifier: Apache-2.0
// What is accepted is the only framing of its messages: written again it is the same bytes.
// A mutated frame rarely has good checksums, so a second reading repairs them first: the header
// parser gets its share.
#include <zlib.h>

#include <cstdlib>

#include "codec/event_stream.h"

using namespace strait::codec;

namespace {

void put_crc(std::string& frame, std::size_t covered) {
  const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(frame.data()), covered);
  for (unsigned i = 0; i < 4; ++i) frame[covered + i] = static_cast<char>(crc >> (24 - 8 * i));
}

void put_size(std::string& frame) {
  for (unsigned i = 0; i < 4; ++i) frame[i] = static_cast<char>(frame.size() >> (24 - 8 * i));
}

void check(std::string_view bytes) {
  EventStreamDecoder decoder;
  auto input = bytes;
  std::string again;
  while (true) {
    const auto message = decoder.next(input);
    if (!message) return;
    if (!*message) break;
    if (!write_event(again, **message)) std::abort();
  }
  if (bytes.substr(0, again.size()) != again) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  check(bytes);
  if (size < 16) return 0;
  put_size(bytes);
  put_crc(bytes, 8);
  put_crc(bytes, size - 4);
  check(bytes);
  return 0;
}
