// SPDX-License-Identifier: Apache-2.0
#include "sigv4/chunk_signer.h"

#include <fmt/format.h>

#include "codec/aws_chunked.h"

namespace strait::sigv4 {
namespace {

constexpr std::uint64_t kSignatureBytes = 64;
constexpr std::string_view kTrailerSignature = "x-amz-trailer-signature";

std::uint64_t base64_bytes(crypto::ChecksumAlgorithm algorithm) {
  return crypto::Checksum(algorithm).base64().size();
}

std::uint64_t chunk_start_bytes(std::uint64_t size) {
  return fmt::formatted_size("{:x}", size) + std::string_view(";chunk-signature=").size() +
         kSignatureBytes + 2;
}

}  // namespace

std::string checksum_trailer_name(crypto::ChecksumAlgorithm algorithm) {
  std::string out = "x-amz-checksum-";
  for (const char c : crypto::name(algorithm))
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return out;
}

ChunkSigner::ChunkSigner(Start start) : start_(std::move(start)) {
  if (start_.checksum) checksum_.emplace(*start_.checksum);
}

std::uint64_t ChunkSigner::framed_length(std::uint64_t decoded_bytes,
                                         std::optional<crypto::ChecksumAlgorithm> checksum) {
  const auto full = decoded_bytes / kChunkBytes;
  const auto rest = decoded_bytes % kChunkBytes;
  auto length =
      full * (chunk_start_bytes(kChunkBytes) + kChunkBytes + 2) + chunk_start_bytes(0) + 2;
  if (rest > 0) length += chunk_start_bytes(rest) + rest + 2;
  if (checksum) {
    length += checksum_trailer_name(*checksum).size() + 1 + base64_bytes(*checksum) + 2;
    length += kTrailerSignature.size() + 1 + kSignatureBytes + 2;
  }
  return length;
}

void ChunkSigner::append_chunk(std::string_view payload, std::string& out) {
  start_.seed = chunk_signature(start_.context, start_.seed, crypto::sha256(payload));
  codec::append_chunk_start(out, payload.size(), start_.seed);
  out.append(payload).append("\r\n");
}

void ChunkSigner::feed(std::string_view payload, std::string& out) {
  if (checksum_) checksum_->update(payload);
  fed_ += payload.size();
  if (!held_.empty()) {
    const auto take = std::min(kChunkBytes - held_.size(), payload.size());
    held_.append(payload, 0, take);
    payload.remove_prefix(take);
    if (held_.size() < kChunkBytes) return;
    append_chunk(held_, out);
    held_.clear();
  }
  for (; payload.size() >= kChunkBytes; payload.remove_prefix(kChunkBytes))
    append_chunk(payload.substr(0, kChunkBytes), out);
  held_.append(payload);
}

Status ChunkSigner::finish(std::string& out) {
  if (fed_ != start_.decoded_bytes) {
    return fail(ErrorCode::kMalformedRequest,
                fmt::format("the body has {} bytes and was declared to have {}", fed_,
                            start_.decoded_bytes));
  }
  if (!held_.empty()) append_chunk(held_, out);
  held_.clear();
  start_.seed = chunk_signature(start_.context, start_.seed, crypto::sha256({}));
  codec::append_chunk_start(out, 0, start_.seed);
  if (checksum_) {
    const auto name = checksum_trailer_name(*start_.checksum);
    const auto value = checksum_->base64();
    codec::append_chunk_trailer(out, name, value);
    codec::append_chunk_trailer(
        out, kTrailerSignature,
        trailer_signature(start_.context, start_.seed, name + ":" + value + "\n"));
  }
  out += "\r\n";
  return {};
}

}  // namespace strait::sigv4
