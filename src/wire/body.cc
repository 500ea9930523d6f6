// SPDX-License-Identifier: Apache-2.0
#include "wire/body.h"

#include <algorithm>
#include <charconv>

#include "codec/aws_chunked.h"
#include "codec/gzip.h"
#include "crypto/checksum.h"
#include "crypto/sha256.h"
#include "wire/bindings.h"

namespace strait::wire {
namespace {

constexpr std::string_view kChecksumPrefix = "x-amz-checksum-";

// "x-amz-checksum-crc32" to "CRC32"; nullopt when it names no algorithm (x-amz-checksum-mode,
// -type).
std::optional<crypto::Checksum> checksum_of_header(std::string_view name) {
  if (!name.starts_with(kChecksumPrefix)) return std::nullopt;
  return crypto::Checksum::by_header(name);
}

Status verify_checksum(crypto::Checksum checksum, std::string_view body, std::string_view promised,
                       std::string_view header) {
  checksum.update(body);
  if (checksum.base64() == promised) return {};
  return fail(ErrorCode::kInvalidInput,
              "the body is not what its " + std::string(header) + " header promises");
}

// Checksums of the body itself, and how it is encoded. A checksum header that the model has is a
// parameter (of the finished object, say). Of encodings a request says one at most: read_marks().
Status verify_checksums(const Recognition& recognised, const RequestView& request,
                        std::string_view& encoding) {
  for (const auto& [name, value] : request.headers->fields()) {
    if (name == "content-encoding") {
      encoding = value;
      continue;
    }
    if (name == "content-md5") {
      CHECK_OK(verify_checksum(crypto::Checksum(crypto::ChecksumAlgorithm::kMd5), request.body,
                               value, name));
      continue;
    }
    const auto checksum = checksum_of_header(name);
    if (!checksum || models_header(recognised.operation, name)) continue;
    CHECK_OK(verify_checksum(*checksum, request.body, value, name));
  }
  return {};
}

std::optional<std::uint64_t> read_length(std::string_view text) {
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return length;
}

bool is_sha256_hex(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// A body that is at hand although it streams (in identify and tests) must at least be framed as it
// says.
Status check_framing(std::string_view payload_hash, std::string_view body) {
  codec::AwsChunkedDecoder decoder({.is_signed = payload_hash.starts_with("STREAMING-AWS4-"),
                                    .has_trailers = payload_hash.ends_with("-TRAILER")});
  auto rest = body;
  while (!decoder.finished()) {
    TRY(const auto event, decoder.next(rest));
    if (event.kind == codec::AwsChunkedEvent::Kind::kNeedMore) {
      return fail(ErrorCode::kMalformedRequest, "the aws-chunked body ends early");
    }
  }
  return {};
}

Status name_checksum(journey::Stream& stream, std::string_view header, std::string_view value,
                     bool in_trailer) {
  const auto checksum = checksum_of_header(header);
  if (!checksum) {
    if (!in_trailer) return {};  // x-amz-checksum-type and the like are parameters
    return fail(ErrorCode::kUnsupported,
                "trailer " + quoted(header) + " is no checksum that Strait knows");
  }
  if (!stream.checksum_algorithm.empty()) {
    return fail(ErrorCode::kAmbiguousRequest, "more than one checksum is promised for the body");
  }
  stream.checksum_algorithm = crypto::name(checksum->algorithm());
  stream.checksum_base64 = value;
  stream.checksum_in_trailer = in_trailer;
  return {};
}

}  // namespace

Result<std::string_view> plain_body(const Recognition& recognised, const RequestView& request,
                                    std::string& inflated) {
  std::string_view encoding;
  CHECK_OK(verify_checksums(recognised, request, encoding));
  if (encoding.empty() || encoding == "identity" ||
      models_header(recognised.operation, "content-encoding"))
    return request.body;
  if (encoding == "gzip" && recognised.operation.request_compression()) {
    TRY(inflated, codec::gunzip(request.body));
    return std::string_view(inflated);
  }
  return fail(ErrorCode::kUnsupported, "content-encoding " + quoted(encoding) +
                                           " is not taken for " +
                                           std::string(recognised.operation.name()));
}

Result<journey::Stream> read_stream(const Recognition& recognised, const RequestView& request) {
  journey::Stream stream;
  stream.member = recognised.operation.input_payload();
  const auto encoding = request.headers->one("content-encoding").value_or("");
  const bool chunked = encoding == "aws-chunked" || encoding.starts_with("aws-chunked,");
  const auto payload_hash = request.headers->one("x-amz-content-sha256").value_or("");
  const auto length_header = chunked ? "x-amz-decoded-content-length" : "content-length";
  if (const auto text = request.headers->one(length_header)) {
    stream.length = read_length(*text);
    if (!stream.length)
      return fail(ErrorCode::kMalformedRequest, std::string(length_header) + " is no number");
    if (*stream.length > limits::kBodyStreamedBytesMax) {
      return fail(ErrorCode::kLimitExceeded, "the body is longer than 5 GiB");
    }
  } else if (!chunked && request.headers->count("transfer-encoding") == 0) {
    stream.length = 0;
  }
  if (is_sha256_hex(payload_hash)) stream.sha256_hex = payload_hash;
  const bool whole = stream.length.value_or(request.body.size()) == request.body.size();
  if (payload_hash.empty() && !chunked && whole) {  // the body is here: see BodyPlan
    stream.length = request.body.size();
    stream.sha256_hex = crypto::hex(crypto::sha256(request.body));
  }
  for (const auto& [name, value] : request.headers->fields()) {
    if (name.starts_with(kChecksumPrefix)) CHECK_OK(name_checksum(stream, name, value, false));
    if (name == "x-amz-trailer") CHECK_OK(name_checksum(stream, value, "", true));
  }
  if (chunked && !request.body.empty()) CHECK_OK(check_framing(payload_hash, request.body));
  return stream;
}

}  // namespace strait::wire
