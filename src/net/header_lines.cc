// SPDX-License-Identifier: Apache-2.0
#include "net/header_lines.h"

#include <array>
#include <cstring>
#include <string>

#include "base/limits.h"
#include "net/control_bytes.h"
#include "net/field_name.h"

namespace strait::net {
namespace {

constexpr std::size_t kUsualFields = 16;
constexpr std::size_t kNameBytesMax = 256;

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

// `name` has the length of `known`.
template <std::size_t N>
std::uint32_t when(const char* name, const char (&known)[N], Special special) {
  return std::memcmp(name, known, N - 1) == 0 ? special : kOrdinary;
}

std::uint32_t special(std::string_view name) {
  const char* const text = name.data();
  switch (name.size()) {
    case 4: return when(text, "host", kHost);
    case 6: return when(text, "expect", kExpect);
    case 7: return when(text, "upgrade", kForbidden);
    case 10: return when(text, "connection", kConnection) | when(text, "x-amz-date", kDate);
    case 12: return when(text, "content-type", kContentType) | when(text, "x-amz-target", kTarget);
    case 13:
      return when(text, "authorization", kAuthorization) | when(text, "x-http-method", kForbidden);
    case 14:
      return when(text, "content-length", kContentLength) |
             when(text, "http2-settings", kForbidden);
    case 16: return when(text, "content-encoding", kContentEncoding);
    case 17:
      return when(text, "transfer-encoding", kTransferEncoding) |
             when(text, "x-method-override", kForbidden);
    case 20:
      return when(text, "x-amz-security-token", kSecurityToken) |
             when(text, "x-amz-content-sha256", kContentSha256);
    case 22: return when(text, "x-http-method-override", kForbidden);
    default: return kOrdinary;
  }
}

bool same_word(std::string_view text, std::string_view lower) {
  if (text == lower) return true;
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

constexpr std::array<bool, 256> kHostBytes = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("-._:[]0123456789"))
    table[static_cast<unsigned char>(c)] = true;
  for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

// host[:port] by its letters alone; which host it is, is for wire to know.
bool plausible_host(std::string_view host) {
  bool good = !host.empty();
  for (const char c : host) good &= kHostBytes[static_cast<unsigned char>(c)];
  return good;
}

// Reads the lines in a copy that the Headers own, and makes the names lower-case there. After the
// copy come zeros, which end every name and every value, so that only what has been found is
// compared with the end.
class Lines {
 public:
  Lines(std::string_view lines, HeaderRules rules, journey::Headers& headers)
      : strict_(rules != HeaderRules::kReply),
        host_wanted_(rules == HeaderRules::kRequest),
        headers_(headers) {
    headers.reserve(kUsualFields, lines.size() + kZeros);
    at_ = headers.room(lines.size() + kZeros);
    end_ = at_ + lines.copy(at_, lines.size());
    std::memset(end_, 0, kZeros);
  }

  std::expected<HeaderFacts, HeadFault> parse() {
    while (end_ - at_ >= 2 && *at_ != '\r') {
      if (headers_.fields().size() == limits::kHeadersMax) {
        refuse("too many header fields", 431);
        break;
      }
      if (!line()) break;
    }
    if (!fault_) check_end();
    if (fault_) return std::unexpected(*std::move(fault_));
    return facts_;
  }

 private:
  static constexpr std::size_t kZeros = 16;

  // One line: name ":" OWS value OWS CRLF. The next line begins at at_ afterwards.
  bool line() {
    char* const start = at_;
    char* const stop = lower_name(start, strict_ ? '_' : '\0');
    const std::string_view name(start, static_cast<std::size_t>(stop - start));
    if (*stop != ':' || name.empty() || name.size() > kNameBytesMax) return refuse_name();
    char* begin = stop + 1;
    while (*begin == ' ') ++begin;
    char* const control = next_control(begin);
    if (control[0] != '\r' || control[1] != '\n')  // the zeros are neither
      return refuse("a header value holds a control byte");
    char* last = control;
    while (last != begin && last[-1] == ' ') --last;
    const std::string_view value(begin, static_cast<std::size_t>(last - begin));
    at_ = control + 2;
    const auto which = special(name);
    if (which != kOrdinary && !meaning(which, name, value)) return false;
    headers_.place(name, value);
    return true;
  }

  bool meaning(std::uint32_t which, std::string_view name, std::string_view value) {
    const auto once = strict_ ? ~kMayRepeat : kOnceInReplies;
    if ((seen_ & which & once) != 0) return refuse_field(name, "may stand only once");
    seen_ |= which;
    if (which == kContentLength) {
      facts_.content_length = parse_length(value);
      return facts_.content_length || refuse("content-length is not a number");
    }
    if (which == kTransferEncoding) {
      facts_.chunked = strict_ ? value == "chunked" : same_word(value, "chunked");
      return facts_.chunked || refuse("transfer-encoding can only be `chunked`", 501);
    }
    if (which == kConnection) {
      return read_connection(value, strict_, facts_) ||
             refuse("connection can only be `keep-alive` or `close`");
    }
    return !strict_ || request_meaning(which, name, value);
  }

  bool request_meaning(std::uint32_t which, std::string_view name, std::string_view value) {
    if (which == kForbidden) return refuse_field(name, "is not accepted");
    if (which == kHost) {
      facts_.host = true;
      return plausible_host(value) || refuse("host is not a host name");
    }
    if (which == kExpect) {
      facts_.expect_continue = same_word(value, "100-continue");
      return facts_.expect_continue || refuse("expect can only be `100-continue`", 417);
    }
    return true;
  }

  bool check_end() {
    if (end_ - at_ != 2 || at_[0] != '\r' || at_[1] != '\n')
      return refuse("the head does not end with an empty line");
    if (facts_.chunked && facts_.content_length)
      return refuse("content-length and transfer-encoding exclude each other");
    return !host_wanted_ || facts_.host || refuse("the request has no host header");
  }

  [[gnu::cold]] bool refuse(std::string message, int status = 400) {
    fault_ = malformed(std::move(message), status);
    return false;
  }
  [[gnu::cold]] bool refuse_field(std::string_view name, const char* why) {
    return refuse("the header `" + std::string(name) + "` " + why);
  }
  // What is wrong with the name at at_.
  [[gnu::cold]] bool refuse_name() {
    const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
    const auto size = rest.find(':');
    if (size == std::string_view::npos || size == 0) return refuse("a header line has no name");
    if (size > kNameBytesMax) return refuse("a header name is too long", 431);
    for (const char c : rest.substr(0, size)) {
      if (kNameBytes[static_cast<unsigned char>(c)] == 0)
        return refuse("a header name holds a byte that names cannot hold");
    }
    return refuse("`_` in a header name is read as `-` by some servers and is not accepted");
  }

  char* at_ = nullptr;
  char* end_ = nullptr;
  bool strict_;
  bool host_wanted_;
  journey::Headers& headers_;
  HeaderFacts facts_;
  std::uint32_t seen_ = 0;
  std::optional<HeadFault> fault_;
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
