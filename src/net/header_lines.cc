// SPDX-License-Identifier: Apache-2.0
#include "net/header_lines.h"

#include <array>
#include <cstring>
#include <string>

#include "base/limits.h"
#include "net/control_bytes.h"

namespace strait::net {
namespace {

// Lower-case form of each byte that a field name may hold (RFC 9110, 5.6.2), 0 for the others.
constexpr std::array<char, 256> kName = [] {
  std::array<char, 256> table{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")) {
    table[static_cast<unsigned char>(c)] = c;
  }
  for (char c = 'A'; c <= 'Z'; ++c)
    table[static_cast<unsigned char>(c)] = static_cast<char>(c + 32);
  return table;
}();

// Their storage then stays within what malloc serves from its thread cache (1,032 bytes).
constexpr std::size_t kUsualFields = 16;

// The fields that the parser itself must know. A bit each, so that a second one is noticed.
enum Special : std::uint32_t {
  kOrdinary = 0,
  kHost = 1u << 0,
  kContentLength = 1u << 1,
  kTransferEncoding = 1u << 2,
  kExpect = 1u << 3,
  kConnection = 1u << 4,  // a list: may repeat
  kForbidden = 1u << 5,
  kAuthorization = 1u << 6,
  kContentType = 1u << 7,
  kContentEncoding = 1u << 8,
  kTarget = 1u << 9,
  kDate = 1u << 10,
  kSecurityToken = 1u << 11,
  kContentSha256 = 1u << 12,
};
constexpr std::uint32_t kMayRepeat = kConnection;
constexpr std::uint32_t kOnceInReplies = kContentLength | kTransferEncoding;

std::uint32_t special(std::string_view name) {
  const auto when = [name](std::string_view known, Special special) {
    return name == known ? special : kOrdinary;
  };
  switch (name.size()) {
    case 4: return when("host", kHost);
    case 6: return when("expect", kExpect);
    case 7: return when("upgrade", kForbidden);
    case 10: return when("connection", kConnection) | when("x-amz-date", kDate);
    case 12: return when("content-type", kContentType) | when("x-amz-target", kTarget);
    case 13: return when("authorization", kAuthorization) | when("x-http-method", kForbidden);
    case 14: return when("content-length", kContentLength) | when("http2-settings", kForbidden);
    case 16: return when("content-encoding", kContentEncoding);
    case 17:
      return when("transfer-encoding", kTransferEncoding) | when("x-method-override", kForbidden);
    case 20:
      return when("x-amz-security-token", kSecurityToken) |
             when("x-amz-content-sha256", kContentSha256);
    case 22: return when("x-http-method-override", kForbidden);
    default: return kOrdinary;
  }
}

bool same_word(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// A field named in Connection is dropped by whoever believes it, so a request may name none: only
// the two words.
bool read_connection(std::string_view list, bool strict, HeaderFacts& facts) {
  while (true) {
    const auto comma = list.find(',');
    const auto word = trim(list.substr(0, comma));
    if (same_word(word, "close")) {
      facts.close = true;
    } else if (same_word(word, "keep-alive")) {
      facts.keep_alive = true;
    } else if (strict) {
      return false;
    }
    if (comma == std::string_view::npos) return true;
    list.remove_prefix(comma + 1);
  }
}

// host[:port] by its letters alone; which host it is, is for wire to know.
bool plausible_host(std::string_view host) {
  if (host.empty()) return false;
  for (const char c : host) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && std::strchr("-._:[]", c) == nullptr) return false;
  }
  return true;
}

class Lines {
 public:
  Lines(std::string_view lines, HeaderRules rules, journey::Headers& headers)
      : at_(lines.data()), end_(lines.data() + lines.size()), rules_(rules), headers_(headers) {}

  std::expected<HeaderFacts, HeadFault> parse() {
    headers_.reserve(kUsualFields, static_cast<std::size_t>(end_ - at_));
    while (end_ - at_ >= 2 && *at_ != '\r') {
      if (headers_.fields().size() == limits::kHeadersMax) {
        return std::unexpected(
            HeadFault{error(ErrorCode::kLimitExceeded, "too many header fields"), 431});
      }
      if (auto fault = line()) return std::unexpected(*std::move(fault));
    }
    if (end_ - at_ != 2 || at_[0] != '\r' || at_[1] != '\n') {
      return std::unexpected(malformed("the head does not end with an empty line"));
    }
    if (auto fault = check_framing()) return std::unexpected(*std::move(fault));
    return facts_;
  }

 private:
  // One line: name ":" OWS value OWS CRLF. The next line begins at at_ afterwards.
  std::optional<HeadFault> line() {
    std::string name;
    const char* colon =
        static_cast<const char*>(std::memchr(at_, ':', static_cast<std::size_t>(end_ - at_)));
    if (colon == nullptr || colon == at_) return malformed("a header line has no name");
    char bad = 0;
    const auto size = static_cast<std::size_t>(colon - at_);
    if (size > 256) return malformed("a header name is too long", 431);
    name.resize(size);
    for (std::size_t i = 0; i < size; ++i) {
      const char c = kName[static_cast<unsigned char>(at_[i])];
      bad |= c == 0;
      name[i] = c;
    }
    if (bad != 0) return malformed("a header name holds a byte that names cannot hold");
    if (rules_ == HeaderRules::kRequest && name.find('_') != std::string::npos) {
      return malformed("`_` in a header name is read as `-` by some servers and is not accepted");
    }
    const char* value = colon + 1;
    const char* stop = find_control(value, end_);
    if (end_ - stop < 2 || stop[0] != '\r' || stop[1] != '\n') {
      return malformed("a header value holds a control byte");
    }
    const auto text = trim({value, static_cast<std::size_t>(stop - value)});
    at_ = stop + 2;
    if (auto fault = meaning(special(name), name, text)) return fault;
    headers_.add(name, text);
    return std::nullopt;
  }

  std::optional<HeadFault> meaning(std::uint32_t which, const std::string& name,
                                   std::string_view value) {
    if (which == kOrdinary) return std::nullopt;
    const bool strict = rules_ == HeaderRules::kRequest;
    const auto once = strict ? ~kMayRepeat : kOnceInReplies;
    if ((seen_ & which & once) != 0)
      return malformed("the header `" + name + "` may stand only once");
    seen_ |= which;
    if (which == kContentLength) {
      facts_.content_length = parse_length(value);
      if (!facts_.content_length) return malformed("content-length is not a number");
    } else if (which == kTransferEncoding) {
      facts_.chunked = strict ? value == "chunked" : same_word(value, "chunked");
      if (!facts_.chunked) return malformed("transfer-encoding can only be `chunked`", 501);
    } else if (which == kConnection) {
      if (!read_connection(value, strict, facts_)) {
        return malformed("connection can only be `keep-alive` or `close`");
      }
    } else if (strict) {
      return request_meaning(which, name, value);
    }
    return std::nullopt;
  }

  std::optional<HeadFault> request_meaning(std::uint32_t which, const std::string& name,
                                           std::string_view value) {
    if (which == kForbidden) return malformed("the header `" + name + "` is not accepted");
    if (which == kHost) {
      facts_.host = true;
      if (!plausible_host(value)) return malformed("host is not a host name");
    }
    if (which == kExpect) {
      facts_.expect_continue = same_word(value, "100-continue");
      if (!facts_.expect_continue) return malformed("expect can only be `100-continue`", 417);
    }
    return std::nullopt;
  }

  std::optional<HeadFault> check_framing() const {
    if (facts_.chunked && facts_.content_length) {
      return malformed("content-length and transfer-encoding exclude each other");
    }
    if (rules_ == HeaderRules::kRequest && !facts_.host)
      return malformed("the request has no host header");
    return std::nullopt;
  }

  const char* at_;
  const char* end_;
  HeaderRules rules_;
  journey::Headers& headers_;
  HeaderFacts facts_;
  std::uint32_t seen_ = 0;
};

}  // namespace

std::expected<HeaderFacts, HeadFault> parse_header_lines(std::string_view lines, HeaderRules rules,
                                                         journey::Headers& headers) {
  return Lines(lines, rules, headers).parse();
}

std::optional<std::uint64_t> parse_length(std::string_view digits) {
  // 19 digits cannot overflow 64 bits, but can pass 2^63.
  if (digits.empty() || digits.size() > 19) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (value > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
  return value;
}

HeadFault malformed(std::string message, int status) {
  const auto code = status == 431 || status == 414 ? ErrorCode::kLimitExceeded
                    : status == 400                ? ErrorCode::kMalformedRequest
                                                   : ErrorCode::kUnsupported;
  return {error(code, std::move(message)), status};
}

}  // namespace strait::net
