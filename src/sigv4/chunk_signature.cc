// SPDX-License-Identifier: Apache-2.0
#include "sigv4/chunk_signature.h"

#include "sigv4/payload.h"

namespace strait::sigv4 {
namespace {

std::string string_to_sign(std::string_view algorithm, const ChunkContext& context,
                           std::string_view previous) {
  std::string out;
  out.reserve(320);
  out.append(algorithm)
      .append("\n")
      .append(context.amz_date)
      .append("\n")
      .append(context.scope)
      .append("\n");
  out.append(previous).append("\n");
  return out;
}

}  // namespace

std::string chunk_signature(const ChunkContext& context, std::string_view previous,
                            const crypto::Digest& data) {
  auto text = string_to_sign("AWS4-HMAC-SHA256-PAYLOAD", context, previous);
  text.append(kEmptySha256).append("\n").append(crypto::hex(data));
  return crypto::hex(context.key.sign(text));
}

std::string trailer_signature(const ChunkContext& context, std::string_view previous,
                              std::string_view trailers) {
  auto text = string_to_sign("AWS4-HMAC-SHA256-TRAILER", context, previous);
  text.append(crypto::sha256_hex(trailers));
  return crypto::hex(context.key.sign(text));
}

}  // namespace strait::sigv4
