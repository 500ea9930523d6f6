// SPDX-License-Identifier: Apache-2.0
#include "codec/aws_chunked.h"

#include <algorithm>
#include <charconv>

namespace strait::codec {
namespace {

using Event = AwsChunkedEvent;

constexpr std::string_view kExtension = ";chunk-signature=";
constexpr std::string_view kTrailerSignature = "x-amz-trailer-signature";
constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kSizeDigitsMax = 16;
constexpr std::size_t kTrailersMax = 8;

bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool is_signature(std::string_view text) {
  return text.size() == kSignatureBytes && std::all_of(text.begin(), text.end(), is_lower_hex);
}

bool is_trailer_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool is_trailer_value(
    std::string_view value) {  // visible ASCII: what checksums and their counts are made of
  return !value.empty() &&
         std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::unexpected<Error> refuse(std::string_view why) {
  return fail(ErrorCode::kMalformedRequest,
              std::string("the aws-chunked body is refused: ").append(why));
}

}  // namespace

Result<Event> AwsChunkedDecoder::next(std::string_view& input) {
  auto event = step(input);
  if (!event) state_ = State::kFailed;
  return event;
}

Result<Event> AwsChunkedDecoder::step(std::string_view& input) {
  if (state_ == State::kFailed) return refuse("it was refused before");
  if (state_ == State::kEnd) {
    if (!input.empty()) return refuse("something follows its end");
    return Event{};
  }
  if (state_ == State::kData) return read_data(input);
  TRY(const bool complete, take_line(input));
  if (!complete) return Event{};
  if (state_ == State::kHeader) return read_header();
  if (state_ == State::kDataEnd) return read_data_end();
  return read_trailer();
}

// Moves input up to CRLF into line_. A bare CR or LF is no line end anywhere: readers disagree on
// them.
Result<bool> AwsChunkedDecoder::take_line(std::string_view& input) {
  if (line_complete_) {
    line_.clear();
    line_complete_ = false;
  }
  while (!input.empty()) {
    const auto feed = input.find('\n');
    const auto piece = input.substr(0, feed == std::string_view::npos ? feed : feed + 1);
    if (line_.size() + piece.size() > limits::kChunkLineBytesMax)
      return refuse("a line is too long");
    line_.append(piece);
    input.remove_prefix(piece.size());
    if (feed == std::string_view::npos) break;
    if (!line_.ends_with("\r\n")) return refuse("a line ends without CR");
    line_.resize(line_.size() - 2);
    if (line_.find('\r') != std::string::npos) return refuse("a CR stands within a line");
    line_complete_ = true;
    return true;
  }
  return false;
}

Result<Event> AwsChunkedDecoder::read_header() {
  const std::string_view line = line_;
  const auto semicolon = line.find(';');
  const auto digits = line.substr(0, semicolon);
  std::uint64_t size = 0;
  const auto [end, failed] =
      std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
  if (digits.empty() || digits.size() > kSizeDigitsMax || failed != std::errc() ||
      end != digits.data() + digits.size()) {
    return refuse("a chunk size is not 1 to 16 hex digits");
  }
  std::string_view signature;
  if (semicolon != std::string_view::npos) {
    signature = line.substr(semicolon);
    if (!signature.starts_with(kExtension))
      return refuse("a chunk extension other than chunk-signature");
    signature.remove_prefix(kExtension.size());
    if (!is_signature(signature))
      return refuse("a chunk signature is not 64 lower-case hex digits");
  }
  if (signature.empty() == options_.is_signed) {
    return refuse(options_.is_signed ? "a chunk has no signature"
                                     : "a chunk has a signature, which none may have here");
  }
  if (size > options_.decoded_bytes_max - decoded_bytes_) {
    return fail(ErrorCode::kLimitExceeded, "the aws-chunked body is longer than it may be");
  }
  left_ = size;
  state_ = size == 0 ? State::kTrailer : State::kData;
  return Event{.kind = Event::Kind::kChunkStart, .size = size, .signature = signature};
}

Result<Event> AwsChunkedDecoder::read_data(std::string_view& input) {
  if (input.empty()) return Event{};
  const auto data =
      input.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size())));
  input.remove_prefix(data.size());
  left_ -= data.size();
  decoded_bytes_ += data.size();
  if (left_ == 0) state_ = State::kDataEnd;
  return Event{.kind = Event::Kind::kData, .data = data};
}

Result<Event> AwsChunkedDecoder::read_data_end() {
  if (!line_.empty()) return refuse("a chunk is longer than its size");
  state_ = State::kHeader;
  return Event{.kind = Event::Kind::kChunkEnd};
}

Result<Event> AwsChunkedDecoder::read_trailer() {
  const std::string_view line = line_;
  if (line.empty()) {
    if (options_.has_trailers && trailers_ == 0) return refuse("the announced trailer is missing");
    if (options_.has_trailers && options_.is_signed && !saw_trailer_signature_) {
      return refuse("the trailer has no signature");
    }
    state_ = State::kEnd;
    return Event{.kind = Event::Kind::kEnd};
  }
  if (!options_.has_trailers) return refuse("a trailer that was not announced");
  if (saw_trailer_signature_) return refuse("a trailer stands after the trailer signature");
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return refuse("a trailer has no colon");
  const auto name = line.substr(0, colon);
  const auto value = line.substr(colon + 1);
  if (name == kTrailerSignature) {
    if (!options_.is_signed || trailers_ == 0)
      return refuse("a trailer signature with nothing to sign");
    if (!is_signature(value)) return refuse("a trailer signature is not 64 lower-case hex digits");
    saw_trailer_signature_ = true;
    return Event{.kind = Event::Kind::kTrailerSignature, .signature = value};
  }
  if (!is_trailer_name(name))
    return refuse("a trailer name is not lower-case letters, digits and hyphens");
  if (!is_trailer_value(value)) return refuse("a trailer value is empty or not visible ASCII");
  if (++trailers_ > kTrailersMax)
    return fail(ErrorCode::kLimitExceeded, "the aws-chunked body has too many trailers");
  return Event{.kind = Event::Kind::kTrailer, .name = name, .value = value};
}

void append_chunk_start(std::string& out, std::uint64_t size, std::string_view signature) {
  char digits[kSizeDigitsMax];
  const auto [end, failed] = std::to_chars(digits, digits + sizeof digits, size, 16);
  out.append(digits, end);
  if (!signature.empty()) out.append(kExtension).append(signature);
  out.append("\r\n");
}

void append_chunk_trailer(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(":").append(value).append("\r\n");
}

}  // namespace strait::codec
