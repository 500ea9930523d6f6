// SPDX-License-Identifier: Apache-2.0
#include "codec/event_stream.h"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>

#include "base/limits.h"
#include "codec/utf8.h"

namespace strait::codec {
namespace {

constexpr std::size_t kPreludeBytes = 12;  // total length, headers length, CRC of the two
constexpr std::size_t kCrcBytes = 4;
constexpr std::size_t kOverheadBytes = kPreludeBytes + kCrcBytes;
constexpr std::size_t kHeaderValueBytesMax = 32767;
constexpr std::int64_t kMillisPerSecond = 1000;
constexpr std::int32_t kNanosPerMilli = 1'000'000;
constexpr std::int64_t kInstantSecondsMax =
    9'000'000'000'000'000;  // as milliseconds it fits 64 bits

enum Type : std::uint8_t {
  kTrue,
  kFalse,
  kByte,
  kShort,
  kInteger,
  kLong,
  kByteArray,
  kString,
  kTimestamp,
  kUuid
};

std::uint32_t crc(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

void put_big_endian(std::string& out, std::uint64_t number, unsigned bytes) {
  for (unsigned i = bytes; i-- > 0;) out.push_back(static_cast<char>(number >> (8 * i)));
}

std::unexpected<Error> refuse(std::string_view why) {
  return fail(ErrorCode::kMalformedRequest,
              std::string("the event stream is refused: ").append(why));
}

struct Lengths {
  std::size_t total = 0;
  std::size_t headers = 0;
};

Result<Lengths> read_prelude(std::string_view bytes) {
  if (big_endian(bytes.substr(8, 4)) != crc(bytes.substr(0, 8)))
    return refuse("the prelude's checksum is wrong");
  const Lengths lengths{static_cast<std::size_t>(big_endian(bytes.substr(0, 4))),
                        static_cast<std::size_t>(big_endian(bytes.substr(4, 4)))};
  if (lengths.total < kOverheadBytes || lengths.headers > lengths.total - kOverheadBytes) {
    return refuse("a length does not fit its message");
  }
  if (lengths.headers > limits::kEventHeadersBytesMax ||
      lengths.total - kOverheadBytes - lengths.headers > limits::kEventPayloadBytesMax) {
    return fail(ErrorCode::kLimitExceeded, "an event message is too long");
  }
  return lengths;
}

Instant instant_from_millis(std::int64_t millis) {
  auto seconds = millis / kMillisPerSecond;
  auto rest = millis % kMillisPerSecond;
  if (rest < 0) {
    --seconds;
    rest += kMillisPerSecond;
  }
  return {seconds, static_cast<std::int32_t>(rest) * kNanosPerMilli};
}

// Reads the headers of one message, front to back.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view bytes) : bytes_(bytes) {}

  Result<std::vector<EventHeader>> read() {
    std::vector<EventHeader> headers;
    while (!bytes_.empty()) {
      EventHeader header;
      header.name = take(integer(1));
      const auto type = static_cast<std::uint8_t>(integer(1));
      if (failed_) return refuse("a header is cut off");
      if (header.name.empty() || !valid_utf8(header.name))
        return refuse("a header name is empty or not UTF-8");
      if (!read_value(type, header.value))
        return refuse(failed_ ? "a header is cut off" : "a header value is not valid");
      const auto same = [&](const EventHeader& other) { return other.name == header.name; };
      if (std::any_of(headers.begin(), headers.end(), same))
        return refuse("a header name occurs twice");
      headers.push_back(std::move(header));
    }
    return headers;
  }

 private:
  std::string_view take(std::uint64_t size) {
    if (size > bytes_.size()) {
      failed_ = true;
      return {};
    }
    const auto piece = bytes_.substr(0, static_cast<std::size_t>(size));
    bytes_.remove_prefix(piece.size());
    return piece;
  }

  std::uint64_t integer(std::size_t size) { return big_endian(take(size)); }

  bool read_value(std::uint8_t type, EventHeaderValue& out) {
    switch (type) {
      case kTrue: out = true; break;
      case kFalse: out = false; break;
      case kByte: out = static_cast<std::int8_t>(integer(1)); break;
      case kShort: out = static_cast<std::int16_t>(integer(2)); break;
      case kInteger: out = static_cast<std::int32_t>(integer(4)); break;
      case kLong: out = static_cast<std::int64_t>(integer(8)); break;
      case kTimestamp: {
        const auto instant = instant_from_millis(static_cast<std::int64_t>(integer(8)));
        if (std::abs(instant.seconds) > kInstantSecondsMax) return false;
        out = instant;
        break;
      }
      case kByteArray:
      case kString: {
        const auto size = integer(2);
        if (size > kHeaderValueBytesMax) return false;
        const auto bytes = take(size);
        if (type == kString && !valid_utf8(bytes)) return false;
        if (type == kString) {
          out = std::string(bytes);
        } else {
          out = Blob{std::string(bytes)};
        }
        break;
      }
      case kUuid: {
        const auto bytes = take(16);
        EventUuid uuid{};
        std::copy(bytes.begin(), bytes.end(), uuid.begin());
        out = uuid;
        break;
      }
      default: return false;
    }
    return !failed_;
  }

  std::string_view bytes_;
  bool failed_ = false;
};

Result<EventMessage> read_message(std::string_view bytes, std::size_t headers_bytes) {
  const auto body = bytes.substr(0, bytes.size() - kCrcBytes);
  if (big_endian(bytes.substr(body.size())) != crc(body))
    return refuse("a message's checksum is wrong");
  EventMessage message;
  TRY(message.headers, HeaderReader(body.substr(kPreludeBytes, headers_bytes)).read());
  message.payload = body.substr(kPreludeBytes + headers_bytes);
  return message;
}

// Appends type and value; false when it cannot be framed.
struct HeaderAppender {
  std::string& out;

  bool put(Type type, std::uint64_t number, unsigned bytes) const {
    out.push_back(static_cast<char>(type));
    put_big_endian(out, number, bytes);
    return true;
  }
  bool put(Type type, std::string_view bytes) const {
    if (bytes.size() > kHeaderValueBytesMax) return false;
    put(type, bytes.size(), 2);
    out.append(bytes);
    return true;
  }
  bool operator()(bool value) const { return put(value ? kTrue : kFalse, 0, 0); }
  bool operator()(std::int8_t value) const {
    return put(kByte, static_cast<std::uint64_t>(value), 1);
  }
  bool operator()(std::int16_t value) const {
    return put(kShort, static_cast<std::uint64_t>(value), 2);
  }
  bool operator()(std::int32_t value) const {
    return put(kInteger, static_cast<std::uint64_t>(value), 4);
  }
  bool operator()(std::int64_t value) const {
    return put(kLong, static_cast<std::uint64_t>(value), 8);
  }
  bool operator()(const Blob& value) const { return put(kByteArray, value.bytes); }
  bool operator()(const std::string& value) const {
    return valid_utf8(value) && put(kString, value);
  }
  bool operator()(const Instant& value) const {
    if (value.nanos % kNanosPerMilli != 0 || std::abs(value.seconds) > kInstantSecondsMax)
      return false;
    return put(
        kTimestamp,
        static_cast<std::uint64_t>(value.seconds * kMillisPerSecond + value.nanos / kNanosPerMilli),
        8);
  }
  bool operator()(const EventUuid& value) const {
    put(kUuid, 0, 0);
    out.append(reinterpret_cast<const char*>(value.data()), value.size());
    return true;
  }
};

bool append_headers(std::string& out, const std::vector<EventHeader>& headers) {
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const auto& name = headers[i].name;
    if (name.empty() || name.size() > 255 || !valid_utf8(name)) return false;
    for (std::size_t j = 0; j < i; ++j) {
      if (headers[j].name == name) return false;
    }
    out.push_back(static_cast<char>(name.size()));
    out.append(name);
    if (!std::visit(HeaderAppender{out}, headers[i].value)) return false;
  }
  return true;
}

}  // namespace

const std::string* EventMessage::string_header(std::string_view name) const {
  for (const auto& header : headers) {
    if (header.name == name) return std::get_if<std::string>(&header.value);
  }
  return nullptr;
}

Result<std::optional<EventMessage>> EventStreamDecoder::next(std::string_view& input) {
  auto message = step(input);
  if (!message) failed_ = true;
  return message;
}

Result<std::optional<EventMessage>> EventStreamDecoder::step(std::string_view& input) {
  if (failed_) return refuse("it was refused before");
  const auto fill =
      [&](std::size_t wanted) {  // buffer_ up to `wanted` bytes, as far as the input goes
        const auto piece = input.substr(0, wanted - std::min(wanted, buffer_.size()));
        buffer_.append(piece);
        input.remove_prefix(piece.size());
        return buffer_.size() >= wanted;
      };
  if (buffer_.empty() &&
      input.size() >= kPreludeBytes) {  // a message that came in one piece is not copied first
    TRY(const auto lengths, read_prelude(input));
    if (input.size() >= lengths.total) {
      TRY(auto message, read_message(input.substr(0, lengths.total), lengths.headers));
      input.remove_prefix(lengths.total);
      return message;
    }
  }
  if (!fill(kPreludeBytes)) return std::nullopt;
  TRY(const auto lengths, read_prelude(buffer_));
  if (!fill(lengths.total)) return std::nullopt;
  TRY(auto message, read_message(buffer_, lengths.headers));
  buffer_.clear();
  return message;
}

Status write_event(std::string& out, const EventMessage& message) {
  const auto start = out.size();
  out.append(kPreludeBytes, '\0');
  if (message.payload.size() > limits::kEventPayloadBytesMax ||
      !append_headers(out, message.headers) ||
      out.size() - start - kPreludeBytes > limits::kEventHeadersBytesMax) {
    out.resize(start);
    return fail(ErrorCode::kInvalidInput, "an event message cannot be framed");
  }
  std::string prelude;
  put_big_endian(prelude, out.size() - start + message.payload.size() + kCrcBytes, 4);
  put_big_endian(prelude, out.size() - start - kPreludeBytes, 4);
  put_big_endian(prelude, crc(prelude), 4);
  out.replace(start, kPreludeBytes, prelude);
  out.append(message.payload);
  put_big_endian(out, crc(std::string_view(out).substr(start)), 4);
  return {};
}

}  // namespace strait::codec
