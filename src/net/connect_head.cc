// SPDX-License-Identifier: Apache-2.0
#include "net/connect_head.h"

#include <algorithm>

#include "net/header_lines.h"

namespace strait::net {
namespace {

constexpr std::size_t kHostBytesMax = 253;  // RFC 1035, 2.3.4
constexpr std::size_t kLabelBytesMax = 63;
constexpr std::string_view kPort = ":443";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > kLabelBytesMax) return false;
  return std::ranges::all_of(
      label, [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_'; });
}

// Of two labels or more, the last of which is no number: so no IP address in any of its spellings.
bool is_host_name(std::string_view host) {
  if (host.size() > kHostBytesMax || !host.contains('.')) return false;
  const auto last = host.substr(host.rfind('.') + 1);
  if (last.starts_with("0x") || std::ranges::all_of(last, is_digit)) return false;
  while (true) {
    const auto dot = host.find('.');
    if (!is_label(host.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    host.remove_prefix(dot + 1);
  }
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, is_digit);
}

std::unexpected<HeadFault> refuse(std::string message) {
  return std::unexpected(malformed(std::move(message)));
}

// What stands after `CONNECT `: the authority form of a target, "host:443".
std::expected<std::string, HeadFault> host_of(std::string_view authority) {
  const auto colon = authority.rfind(':');
  if (colon == std::string_view::npos || !is_port(authority.substr(colon + 1)))
    return refuse("CONNECT takes host:443");
  const auto host = authority.substr(0, colon);
  if (!is_host_name(host)) {
    return refuse("CONNECT takes a host name in lower case, without a dot at its end, not " +
                  quoted(host));
  }
  if (authority.substr(colon) != kPort) {
    return std::unexpected(HeadFault{
        error(ErrorCode::kDenied, "this proxy goes to port 443 alone, not to " + quoted(authority)),
        403});
  }
  return std::string(host);
}

// The head of a message with a body, or one that names another host, means something else to
// somebody.
std::expected<void, HeadFault> check_fields(std::string_view lines, std::string_view host) {
  journey::Headers headers;
  const auto facts = parse_header_lines(lines, HeaderRules::kConnect, headers);
  if (!facts) return std::unexpected(facts.error());
  if (facts->chunked || facts->content_length.value_or(0) > 0 || facts->expect_continue)
    return refuse("CONNECT has no body");
  if (!facts->host) return {};
  const auto named = headers.one("host").value_or("");
  if (named == host || (named.ends_with(kPort) && named.substr(0, named.size() - 4) == host))
    return {};
  return refuse("the host header names another host than CONNECT");
}

}  // namespace

std::expected<std::string, HeadFault> parse_connect_head(std::string_view head) {
  constexpr std::string_view kMethod = "CONNECT ";
  const auto line_end = head.find("\r\n");
  if (line_end == std::string_view::npos) return refuse("there is no request line");
  auto line = head.substr(0, line_end);
  if (!line.starts_with(kMethod)) {
    return refuse(
        "this door is a forward proxy's and takes CONNECT alone: set HTTPS_PROXY, not HTTP_PROXY, "
        "or use the gateway's own address as AWS_ENDPOINT_URL");
  }
  line.remove_prefix(kMethod.size());
  const auto blank = line.find(' ');
  const auto version = blank == std::string_view::npos ? "" : line.substr(blank + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return refuse("the request line is not `CONNECT host:443 HTTP/1.1`");
  auto host = host_of(line.substr(0, blank));
  if (!host) return host;
  if (auto fields = check_fields(head.substr(line_end + 2), *host); !fields)
    return std::unexpected(std::move(fields).error());
  return host;
}

}  // namespace strait::net
