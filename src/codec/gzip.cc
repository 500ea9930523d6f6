// SPDX-License-Identifier: Apache-2.0
#include "codec/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "base/limits.h"

namespace strait::codec {
namespace {

constexpr int kGzipOnly =
    16 + MAX_WBITS;  // zlib's way to say: gzip, and neither zlib nor raw deflate
constexpr std::size_t kRatioFree = 1 * limits::kMiB;  // up to here any ratio is harmless
constexpr std::size_t kGrowthBytes = 64 * limits::kKiB;

std::size_t output_bytes_max(std::size_t input_bytes) {
  return std::min(limits::kInflatedBytesMax,
                  std::max(kRatioFree, input_bytes * limits::kInflateRatioMax));
}

struct Inflater {
  z_stream stream{};
  bool ready = inflateInit2(&stream, kGzipOnly) == Z_OK;
  Inflater() = default;
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ready) inflateEnd(&stream);
  }
};

}  // namespace

Result<std::string> gunzip(std::string_view bytes) {
  if (bytes.size() > limits::kBodyBufferedBytesMax)
    return fail(ErrorCode::kLimitExceeded, "the gzip data is too long");
  Inflater inflater;
  if (!inflater.ready) return fail(ErrorCode::kUnavailable, "no memory to inflate");
  auto& stream = inflater.stream;
  stream.next_in =
      reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib's interface; it only reads
  stream.avail_in = static_cast<uInt>(bytes.size());
  const auto bytes_max = output_bytes_max(bytes.size());
  std::string out;
  int status = Z_OK;
  while (status == Z_OK) {
    const auto done = out.size();
    const auto room = std::min(std::max(kGrowthBytes, done),
                               bytes_max + 1 - done);  // one more, to notice an excess
    out.resize(done + room);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + done);
    stream.avail_out = static_cast<uInt>(room);
    status = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
    if (out.size() > bytes_max)
      return fail(ErrorCode::kLimitExceeded, "the gzip data inflates to more than is allowed");
  }
  if (status != Z_STREAM_END)
    return fail(ErrorCode::kMalformedRequest, "the gzip data is damaged or cut off");
  if (stream.avail_in != 0)
    return fail(ErrorCode::kMalformedRequest, "something follows the gzip data");
  return out;
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  std::string out;
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipOnly, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    return out;
  out.resize(deflateBound(&stream, bytes.size()));
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);  // the bound makes one call enough
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace strait::codec
