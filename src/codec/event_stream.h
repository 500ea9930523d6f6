// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "codec/value.h"

// Frames of application/vnd.amazon.eventstream: total length, headers length, prelude CRC, headers,
// payload, message CRC, all big-endian, CRC-32 as in gzip. One decoder belongs to one stream and
// one thread. Source: "Amazon Event Stream Specification" in the Smithy 2.0 documentation.
namespace strait::codec {

using EventUuid = std::array<std::uint8_t, 16>;
// Types 0 and 1 (bool), 2 to 5 (integers by width), 6 (Blob), 7 (string), 8 (Instant,
// milliseconds), 9 (UUID).
using EventHeaderValue = std::variant<bool, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                                      Blob, std::string, Instant, EventUuid>;

struct EventHeader {
  std::string name;  // 1 to 255 bytes of UTF-8
  EventHeaderValue value;
  bool operator==(const EventHeader&) const = default;
};

struct EventMessage {
  std::vector<EventHeader> headers;
  std::string payload;
  bool operator==(const EventMessage&) const = default;

  // The value of a string header such as ":event-type"; nullptr when there is none or it is of
  // another type.
  const std::string* string_header(std::string_view name) const;
};

class EventStreamDecoder {
 public:
  // Takes input off the front of `input`, and gives the next whole message, or nullopt when all
  // input is used up and more is needed. The prelude is checked before its lengths are believed.
  // kMalformedRequest: a CRC, a length, a header type or a name twice; kLimitExceeded:
  // limits::kEventHeadersBytesMax or kEventPayloadBytesMax. After an error every call is an error.
  Result<std::optional<EventMessage>> next(std::string_view& input);
  bool between_messages() const {
    return buffer_.empty() && !failed_;
  }  // whether the stream may end here

 private:
  Result<std::optional<EventMessage>> step(std::string_view& input);

  std::string buffer_;
  bool failed_ = false;
};

// Appends one frame. kInvalidInput when the message exceeds the limits above or cannot be framed
// (an empty or overlong name, a value over 32,767 bytes, an instant that is no whole millisecond);
// `out` is then as it was.
[[nodiscard]] Status write_event(std::string& out, const EventMessage& message);

}  // namespace strait::codec
