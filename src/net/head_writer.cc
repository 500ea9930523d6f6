// SPDX-License-Identifier: Apache-2.0
#include "net/head_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/bytes.h"
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

// Appends what `put(at)` writes from `at` on, at most `bytes`, and returns the end of.
template <class Put>
void append(std::string& out, std::size_t bytes, Put put) {
  const auto size = out.size();
  out.resize_and_overwrite(size + bytes, [&](char* data, std::size_t) {
    return static_cast<std::size_t>(put(data + size) - data);
  });
}

std::size_t field_bytes(std::string_view name, std::string_view value) {
  return name.size() + value.size() + 4;
}

char* put_field(char* at, std::string_view name, std::string_view value) {
  at = copy(at, name);
  std::memcpy(at, ": ", 2);
  at += 2;
  const bool controls =
      copy_and_test(at, value, [](auto byte) { return (byte < 0x20) | (byte == 0x7f); });
  if (controls) [[unlikely]]
    std::replace_if(at, at + value.size(), is_control, ' ');
  at += value.size();
  std::memcpy(at, "\r\n", 2);
  return at + 2;
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
  append(out, field_bytes(name, value), [&](char* at) { return put_field(at, name, value); });
}

void append_length(std::string& out, std::uint64_t length) {
  const fmt::format_int digits(length);
  out += "content-length: ";
  out.append(digits.data(), digits.size());
  out += "\r\n";
}

bool append_fields(std::string& out, const journey::Headers& headers) {
  bool dated = false;
  std::size_t bytes = 0;
  for (const auto& [name, value] : headers.fields()) bytes += field_bytes(name, value);
  append(out, bytes, [&](char* at) {
    for (const auto& [name, value] : headers.fields()) {
      if (hop_by_hop(name)) continue;
      dated |= name == "date";
      at = put_field(at, name, value);
    }
    return at;
  });
  return dated;
}

}  // namespace strait::net
