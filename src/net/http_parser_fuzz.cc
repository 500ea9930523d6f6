// SPDX-License-Identifier: Apache-2.0
// Whatever our request parser accepts, Boost.Beast accepts too and reads equally: method, target,
// every field in its order, and the end of the body.
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstdint>
#include <cstdlib>

#include "net/http_parser.h"

namespace http = boost::beast::http;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

std::string lower(boost::beast::string_view text) {
  std::string out(text.data(), text.size());
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  strait::net::HeadScanner scanner;
  const bool complete = scanner.scan(input) == strait::net::HeadScanner::State::kComplete;
  const auto head = complete ? input.substr(0, scanner.length()) : input;
  const auto ours = strait::net::parse_request_head(head);
  if (!ours) return 0;
  demand(complete);  // what parses whole, the scanner finds
  http::request_parser<http::empty_body> theirs;
  theirs.header_limit(1 << 20);
  theirs.skip(true);
  boost::system::error_code error;
  theirs.put(boost::asio::buffer(head.data(), head.size()), error);
  demand(!error && theirs.is_header_done());
  const auto& message = theirs.get();
  demand(view(message.method_string()) == ours->head.method);
  demand(view(message.target()) == ours->head.target);
  demand(message.version() == 11);
  // Beast groups fields of one name: compare name by name, in order of arrival.
  std::size_t count = 0;
  for (const auto& field : message) {
    static_cast<void>(field);
    ++count;
  }
  const auto& fields = ours->head.headers.fields();
  demand(count == fields.size());
  for (const auto& field : message) {
    const auto name = lower(field.name_string());
    bool found = false;
    for (const auto& [our_name, value] : fields)
      found |= our_name == name && value == view(field.value());
    demand(found);
  }
  using strait::net::Framing;
  demand(theirs.chunked() == (ours->framing == Framing::kChunked));
  const auto length = theirs.content_length();
  demand(length.value_or(0) == (ours->framing == Framing::kLength ? ours->length : 0));
  demand(theirs.keep_alive() == ours->keep_alive);
  return 0;
}
