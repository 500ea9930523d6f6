// SPDX-License-Identifier: Apache-2.0
// Requests as text: "METHOD target", header lines, an empty line, a body. Whatever comes, a call
// that is read can be written, and what is written reads as the same call.
#include <cstdlib>
#include <string_view>

#include "wire/ask_test.h"

namespace {

using namespace strait;

std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

bool is_header_text(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  return !text.starts_with(' ') && !text.ends_with(' ');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto catalog = wire::real_catalog();
  if (!catalog) return 0;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto first = take_line(rest);
  const auto space = first.find(' ');
  if (space == std::string_view::npos || !is_header_text(first)) return 0;
  journey::Headers headers;
  std::string_view host = "127.0.0.1";
  for (auto line = take_line(rest); !line.empty(); line = take_line(rest)) {
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos || !is_header_text(line)) return 0;
    std::string name;
    for (const char c : line.substr(0, colon))
      name += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    if (name == "host") host = line.substr(colon + 2);
    headers.add(name, std::string(line.substr(colon + 2)));
  }
  const auto method = first.substr(0, space);
  const wire::RequestView view{.method = method,
                               .target = first.substr(space + 1),
                               .headers = &headers,
                               .host = host,
                               .body = rest};
  const auto call = wire::read_call(view, catalog, "123456789012", {});
  if (!call) return 0;
  if (call->needs.empty()) std::abort();
  const auto request = wire::Serializer::serialize(*call);
  if (!request) {
    if (request.error().code == ErrorCode::kInternal) std::abort();
    return 0;
  }
  if (!wire::check_round_trip(*call, *request)) std::abort();
  return 0;
}
