// SPDX-License-Identifier: Apache-2.0
// Target: parse_connect_head. What is accepted has the one form that everybody reads alike: the
// host stands in the request line as it is given back, in the letters of a host name, and a general
// parser of heads finds the same authority where it reads the head at all.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "net/connect_head.h"
#include "net/http_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto host = strait::net::parse_connect_head(input);
  if (!host) return 0;
  const auto authority = *host + ":443";
  if (!input.starts_with("CONNECT " + authority + " HTTP/1.")) std::abort();
  if (host->size() > 253 || host->front() == '.' || host->back() == '.') std::abort();
  if (host->find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_") != std::string::npos)
    std::abort();
  const auto general = strait::net::parse_request_head(input);
  if (general &&
      (general->form != strait::net::TargetForm::kAuthority || general->head.target != authority)) {
    std::abort();
  }
  return 0;
}
