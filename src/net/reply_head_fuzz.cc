// SPDX-License-Identifier: Apache-2.0
// Target: parse_reply_head. Accepted heads can be written and read again as the same.
#include <cstdint>
#include <cstdlib>

#include "net/head_writer.h"
#include "net/http_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto first = strait::net::parse_reply_head(input, "GET");
  if (!first) return 0;
  std::string out;
  strait::net::append_status_line(out, first->head.status);
  strait::net::append_fields(out, first->head.headers);
  out += "\r\n";
  const auto second = strait::net::parse_reply_head(out, "GET");
  if (!second || second->head.status != first->head.status) std::abort();
  // Framing fields are left out by the writer; all others must come back in order.
  auto fields = second->head.headers.fields();
  std::size_t at = 0;
  for (const auto& field : first->head.headers.fields()) {
    if (at < fields.size() && fields[at] == field) ++at;
  }
  if (at != fields.size()) std::abort();
  return 0;
}
