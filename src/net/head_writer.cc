// SPDX-License-Identifier: Apache-2.0
#include "net/head_writer.h"

#include <fmt/format.h>

#include "net/control_bytes.h"
#include "net/http_parser.h"

namespace strait::net {
namespace {

// RFC 9110, 7.6.1: meant for one connection only, plus the framing itself.
bool hop_by_hop(std::string_view name) {
  switch (name.size()) {
    case 2: return name == "te";
    case 7: return name == "trailer" || name == "upgrade";
    case 10: return name == "connection" || name == "keep-alive";
    case 14: return name == "content-length";
    case 16: return name == "proxy-connection";
    case 17: return name == "transfer-encoding";
    case 18: return name == "proxy-authenticate";
    case 19: return name == "proxy-authorization";
    default: return false;
  }
}

}  // namespace

void append_status_line(std::string& out, int status) {
  if (status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
    return;
  }
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {:03} {}\r\n", status, reason_phrase(status));
}

void append_request_line(std::string& out, std::string_view method, std::string_view target) {
  out += method;
  out += ' ';
  out += target;
  out += " HTTP/1.1\r\n";
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  const char* const end = value.data() + value.size();
  if (find_control(value.data(), end) == end) [[likely]] {
    out += value;
  } else {
    for (const char c : value) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  out += "\r\n";
}

void append_length(std::string& out, std::uint64_t length) {
  const fmt::format_int digits(length);
  out += "content-length: ";
  out.append(digits.data(), digits.size());
  out += "\r\n";
}

bool append_fields(std::string& out, const journey::Headers& headers) {
  bool dated = false;
  for (const auto& [name, value] : headers.fields()) {
    if (hop_by_hop(name)) continue;
    dated |= name == "date";
    append_field(out, name, value);
  }
  return dated;
}

}  // namespace strait::net
