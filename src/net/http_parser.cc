// SPDX-License-Identifier: Apache-2.0
#include "net/http_parser.h"

#include <array>
#include <cstring>

#include "base/limits.h"
#include "net/header_lines.h"

namespace strait::net {
namespace {

// What a request target may hold (RFC 3986: unreserved, sub-delims, and : @ / ? %). No `#`: what
// follows one is read by some servers and not by others.
constexpr std::array<bool, 256> kTarget = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("-._~!$&'()*+,;=:@/?%"))
    table[static_cast<unsigned char>(c)] = true;
  for (char c = '0'; c <= '9'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool is_method(std::string_view text) {
  if (text.empty() || text.size() > 16) return false;
  for (const char c : text) {
    if (c < 'A' || c > 'Z') return false;
  }
  return true;
}

std::expected<TargetForm, HeadFault> target_form(std::string_view method, std::string_view target) {
  if (target.size() > limits::kTargetBytesMax)
    return std::unexpected(malformed("the target is too long", 414));
  bool good = !target.empty();
  for (const char c : target) good &= kTarget[static_cast<unsigned char>(c)];
  if (!good)
    return std::unexpected(malformed("the target holds a byte that must be percent-encoded"));
  if (method == "CONNECT") return TargetForm::kAuthority;
  if (target.front() == '/') return TargetForm::kOrigin;
  if (target == "*") return TargetForm::kAsterisk;
  if (target.find("://") != std::string_view::npos) return TargetForm::kAbsolute;
  return std::unexpected(malformed("the target is neither a path nor a URL"));
}

bool has_no_body(int status, std::string_view method) {
  return method == "HEAD" || status / 100 == 1 || status == 204 || status == 304;
}

}  // namespace

HeadScanner::State HeadScanner::scan(std::string_view bytes) {
  const char* base = bytes.data();
  while (at_ < bytes.size()) {
    const auto* feed = static_cast<const char*>(std::memchr(base + at_, '\n', bytes.size() - at_));
    if (feed == nullptr) break;
    const auto line = static_cast<std::size_t>(feed - base) - at_;  // bytes before LF
    if (line == 0 || feed[-1] != '\r') return State::kMalformed;
    const bool empty = line == 1;
    if (empty && at_ == 0) return State::kMalformed;
    at_ += line + 1;
    if (at_ > limits::kHeadBytesMax) return State::kTooLong;
    if (empty) return State::kComplete;
  }
  return bytes.size() > limits::kHeadBytesMax ? State::kTooLong : State::kMore;
}

std::expected<RequestFrame, HeadFault> parse_request_head(std::string_view head) {
  if (head.size() > limits::kHeadBytesMax)
    return std::unexpected(malformed("the head is too long", 431));
  const auto line_end = head.find("\r\n");
  if (line_end == std::string_view::npos)
    return std::unexpected(malformed("there is no request line"));
  const auto line = head.substr(0, line_end);
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return std::unexpected(malformed("the request line is not `METHOD target HTTP/1.1`"));
  }
  const auto method = line.substr(0, first);
  const auto target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  if (!is_method(method))
    return std::unexpected(malformed("the method is not a word of capital letters"));
  if (version != "HTTP/1.1") {
    const bool other = version.size() == 8 && version.starts_with("HTTP/");
    return std::unexpected(malformed("only HTTP/1.1 is spoken here", other ? 505 : 400));
  }
  RequestFrame frame;
  auto form = target_form(method, target);
  if (!form) return std::unexpected(std::move(form).error());
  frame.form = *form;
  frame.head.method = method;
  frame.head.target = target;
  auto facts =
      parse_header_lines(head.substr(line_end + 2), HeaderRules::kRequest, frame.head.headers);
  if (!facts) return std::unexpected(std::move(facts).error());
  frame.framing = facts->chunked                          ? Framing::kChunked
                  : facts->content_length.value_or(0) > 0 ? Framing::kLength
                                                          : Framing::kNone;
  frame.length = facts->content_length.value_or(0);
  frame.keep_alive = !facts->close;
  frame.expect_continue = facts->expect_continue && frame.framing != Framing::kNone;
  return frame;
}

Result<ReplyFrame> parse_reply_head(std::string_view head, std::string_view method) {
  const auto invalid = [](std::string message) {
    return fail(ErrorCode::kUpstreamInvalid, std::move(message));
  };
  const auto line_end = head.find("\r\n");
  // "HTTP/1.1 200" and then nothing, or a blank and a reason that nobody reads.
  if (line_end == std::string_view::npos || line_end < 12)
    return invalid("the reply has no status line");
  const auto line = head.substr(0, line_end);
  const bool old = line.starts_with("HTTP/1.0 ");
  if (!old && !line.starts_with("HTTP/1.1 ")) return invalid("the reply is not HTTP/1.1");
  ReplyFrame frame;
  for (const char c : line.substr(9, 3)) {
    if (c < '0' || c > '9') return invalid("the reply's status is not a number");
    frame.head.status = frame.head.status * 10 + (c - '0');
  }
  if (frame.head.status < 100 || (line.size() > 12 && line[12] != ' '))
    return invalid("the reply's status is not a number");
  auto facts =
      parse_header_lines(head.substr(line_end + 2), HeaderRules::kReply, frame.head.headers);
  if (!facts) return invalid("the reply's head: " + facts.error().error.message);
  if (old && facts->chunked) return invalid("an HTTP/1.0 reply cannot be chunked");
  frame.keep_alive = old ? facts->keep_alive && !facts->close : !facts->close;
  if (has_no_body(frame.head.status, method)) return frame;
  if (facts->chunked) {
    frame.framing = Framing::kChunked;
  } else if (!facts->content_length) {
    frame.framing = Framing::kUntilClose;
    frame.keep_alive = false;
  } else {
    frame.length = *facts->content_length;
    frame.framing = frame.length > 0 ? Framing::kLength : Framing::kNone;
  }
  return frame;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Status";
  }
}

}  // namespace strait::net
