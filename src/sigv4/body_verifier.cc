// SPDX-License-Identifier: Apache-2.0
#include "sigv4/body_verifier.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "base/limits.h"
#include "codec/aws_chunked.h"
#include "crypto/checksum.h"
#include "crypto/compare.h"
#include "crypto/sha256.h"

namespace strait::sigv4 {
namespace {

struct Expected {
  crypto::Checksum checksum;
  std::string header;
  std::string base64;
};

std::unexpected<Error> malformed(std::string message) {
  return fail(ErrorCode::kMalformedRequest, std::move(message));
}

Result<std::optional<std::uint64_t>> length_header(const journey::Headers& headers,
                                                   std::string_view name) {
  const auto count = headers.count(name);
  if (count == 0) return std::nullopt;
  const auto text = headers.one(name);
  std::uint64_t value = 0;
  if (!text || text->empty() || text->size() > 19)
    return malformed(fmt::format("{} is not one number", name));
  const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (problem != std::errc() || end != text->data() + text->size())
    return malformed(fmt::format("{} is not one number", name));
  if (value > limits::kBodyStreamedBytesMax)
    return fail(ErrorCode::kLimitExceeded, fmt::format("the body of {} bytes is larger than {}",
                                                       value, limits::kBodyStreamedBytesMax));
  return value;
}

Result<std::vector<Expected>> declared_checksums(const journey::Headers& headers) {
  std::vector<Expected> out;
  for (const auto& [name, value] : headers.fields()) {
    std::optional<crypto::Checksum> checksum;
    if (name == "content-md5") {
      checksum.emplace(crypto::ChecksumAlgorithm::kMd5);
    } else if (name.starts_with("x-amz-checksum-")) {
      checksum = crypto::Checksum::by_header(name);
    }
    if (!checksum) continue;
    for (const auto& other : out) {
      if (other.header == name) return malformed(fmt::format("{} is there more than once", name));
    }
    out.push_back({*checksum, std::string(name), std::string(value)});
  }
  return out;
}

// The one trailer that a body may end with.
Result<std::string> declared_trailer(const journey::Headers& headers, PayloadForm form) {
  const bool wanted = form == PayloadForm::kUnsignedTrailer || form == PayloadForm::kSignedTrailer;
  const auto count = headers.count("x-amz-trailer");
  if (!wanted && count == 0) return std::string();
  if (!wanted)
    return malformed("x-amz-trailer is declared, but this form of payload has no trailer");
  const auto name = headers.one("x-amz-trailer");
  if (!name) return malformed("x-amz-trailer must be there once");
  if (!name->starts_with("x-amz-checksum-") || !crypto::Checksum::by_header(*name))
    return fail(
        ErrorCode::kUnsupported,
        "the trailer " + quoted(*name) + " is not one x-amz-checksum-... that Strait can check");
  return std::string(*name);
}

}  // namespace

struct BodyVerifier::State {
  Status feed_chunks(std::string_view bytes, const Sink& sink);
  Status take(const codec::AwsChunkedEvent& event, const Sink& sink);
  Status start_chunk(const codec::AwsChunkedEvent& event, const Sink& sink);
  Status end_chunk(const Sink& sink);
  Status take_trailer(std::string_view name, std::string_view value);
  Status release(std::string_view bytes, const Sink& sink);
  Status check_end();
  bool is_signed() const {
    return form == PayloadForm::kSigned || form == PayloadForm::kSignedTrailer;
  }
  bool has_trailer() const { return !trailer_name.empty(); }

  PayloadForm form = PayloadForm::kDigest;
  std::optional<std::uint64_t> declared_bytes;
  std::uint64_t released_bytes = 0;
  std::optional<crypto::Sha256> digest;
  std::string digest_hex;
  std::vector<Expected> checksums;

  std::optional<codec::AwsChunkedDecoder> decoder;
  std::optional<ChunkContext> context;
  std::string previous;         // signature
  std::string chunk_signature;  // of the chunk that is being held
  std::string held;

  std::string trailer_name;  // "" when none is declared
  std::optional<crypto::Checksum> trailer_checksum;
  std::string trailer_value;
  bool trailer_proven = false;
  std::optional<Error> failed;
};

BodyVerifier::BodyVerifier(std::unique_ptr<State> state) : state_(std::move(state)) {}
BodyVerifier::BodyVerifier(BodyVerifier&&) noexcept = default;
BodyVerifier& BodyVerifier::operator=(BodyVerifier&&) noexcept = default;
BodyVerifier::~BodyVerifier() = default;

Result<BodyVerifier> BodyVerifier::make(const journey::RequestHead& head, const Promise& promise) {
  auto state = std::make_unique<State>();
  state->form = promise.form;
  const bool chunked = is_aws_chunked(promise.form);
  TRY(state->declared_bytes,
      length_header(head.headers, chunked ? "x-amz-decoded-content-length" : "content-length"));
  if (chunked && !state->declared_bytes)
    return malformed("an aws-chunked body needs x-amz-decoded-content-length");
  TRY(state->checksums, declared_checksums(head.headers));
  TRY(state->trailer_name, declared_trailer(head.headers, promise.form));
  if (state->has_trailer())
    state->trailer_checksum = crypto::Checksum::by_header(state->trailer_name);
  if (promise.form == PayloadForm::kDigest) {
    state->digest.emplace();
    state->digest_hex = head.headers.one("x-amz-content-sha256").value_or("");
  }
  if (state->is_signed()) {
    if (!promise.context) return fail(ErrorCode::kInternal, "signed chunks without a signing key");
    state->context = promise.context;
    state->previous = promise.seed;
  }
  if (chunked) {
    state->decoder.emplace(codec::AwsChunkedOptions{.is_signed = state->is_signed(),
                                                    .has_trailers = state->has_trailer(),
                                                    .decoded_bytes_max = *state->declared_bytes});
  }
  return BodyVerifier(std::move(state));
}

Status BodyVerifier::feed(std::string_view bytes, const Sink& sink) {
  if (state_->failed) return std::unexpected(*state_->failed);
  auto status = state_->decoder ? state_->feed_chunks(bytes, sink) : state_->release(bytes, sink);
  if (!status) state_->failed = status.error();
  return status;
}

Status BodyVerifier::finish() {
  if (state_->failed) return std::unexpected(*state_->failed);
  auto status = state_->check_end();
  if (!status) state_->failed = status.error();
  return status;
}

std::uint64_t BodyVerifier::released() const { return state_->released_bytes; }
std::string_view BodyVerifier::trailer_checksum() const { return state_->trailer_value; }

Status BodyVerifier::State::feed_chunks(std::string_view bytes, const Sink& sink) {
  while (!bytes.empty()) {
    TRY(const auto event, decoder->next(bytes));
    CHECK_OK(take(event, sink));
  }
  return {};
}

Status BodyVerifier::State::take(const codec::AwsChunkedEvent& event, const Sink& sink) {
  using Kind = codec::AwsChunkedEvent::Kind;
  switch (event.kind) {
    case Kind::kNeedMore:
    case Kind::kEnd: return {};
    case Kind::kChunkStart: return start_chunk(event, sink);
    case Kind::kData:
      if (!is_signed()) return release(event.data, sink);
      held.append(event.data);
      return {};
    case Kind::kChunkEnd: return is_signed() ? end_chunk(sink) : Status();
    case Kind::kTrailer: return take_trailer(event.name, event.value);
    case Kind::kTrailerSignature: {
      const auto wanted = trailer_signature(*context, previous,
                                            fmt::format("{}:{}\n", trailer_name, trailer_value));
      if (!crypto::constant_time_equal(wanted, event.signature))
        return fail(ErrorCode::kInvalidSignature, "the signature of the trailer does not match");
      trailer_proven = true;
      return {};
    }
  }
  return fail(ErrorCode::kInternal, "an aws-chunked event of no known kind");
}

Status BodyVerifier::State::start_chunk(const codec::AwsChunkedEvent& event, const Sink& sink) {
  if (!is_signed()) return {};
  if (event.size > kSignedChunkBytesMax) {
    return fail(ErrorCode::kLimitExceeded,
                fmt::format("a signed chunk of {} bytes is larger than {}; use smaller chunks",
                            event.size, kSignedChunkBytesMax));
  }
  chunk_signature = event.signature;
  held.clear();
  return event.size == 0 ? end_chunk(sink) : Status();  // the last chunk has no end of its own
}

Status BodyVerifier::State::end_chunk(const Sink& sink) {
  previous = sigv4::chunk_signature(*context, previous, crypto::sha256(held));
  if (!crypto::constant_time_equal(previous, chunk_signature)) {
    held.clear();
    return fail(ErrorCode::kInvalidSignature,
                "the signature of a chunk of the body does not match");
  }
  return release(held, sink);
}

Status BodyVerifier::State::take_trailer(std::string_view name, std::string_view value) {
  if (name != trailer_name || !trailer_value.empty())
    return malformed("the trailer " + quoted(name) +
                     " was not declared in x-amz-trailer, or is there twice");
  if (value.empty()) return malformed("the trailer " + quoted(name) + " is empty");
  trailer_value = value;
  return {};
}

Status BodyVerifier::State::release(std::string_view bytes, const Sink& sink) {
  if (bytes.empty()) return {};
  const auto most = declared_bytes.value_or(limits::kBodyStreamedBytesMax);
  if (bytes.size() > most - released_bytes)
    return malformed(fmt::format("the body is longer than the {} bytes declared or allowed", most));
  if (digest) digest->update(bytes);
  for (auto& expected : checksums) expected.checksum.update(bytes);
  if (trailer_checksum) trailer_checksum->update(bytes);
  released_bytes += bytes.size();
  sink(bytes);
  return {};
}

Status BodyVerifier::State::check_end() {
  if (decoder && !decoder->finished()) return malformed("the body ended before its last chunk");
  if (declared_bytes && released_bytes != *declared_bytes) {
    return malformed(fmt::format("the body has {} bytes and was declared to have {}",
                                 released_bytes, *declared_bytes));
  }
  if (digest && !crypto::constant_time_equal(crypto::hex(digest->finish()), digest_hex))
    return fail(ErrorCode::kInvalidSignature, "the body is not the one whose digest was signed");
  for (const auto& expected : checksums) {
    if (expected.checksum.base64() != expected.base64)
      return malformed(expected.header + " does not match the body");
  }
  if (!has_trailer()) return {};
  if (trailer_value.empty())
    return malformed("the body ended without its trailer " + quoted(trailer_name));
  if (form == PayloadForm::kSignedTrailer && !trailer_proven)
    return fail(ErrorCode::kInvalidSignature, "the trailer is not signed");
  if (trailer_checksum->base64() != trailer_value)
    return malformed(trailer_name + " in the trailer does not match the body");
  return {};
}

}  // namespace strait::sigv4
