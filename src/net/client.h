// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "async/task.h"
#include "base/limits.h"
#include "base/result.h"
#include "journey/http.h"
#include "net/tls.h"

// A small HTTP client for the gateway's own errands: discovery documents, JWKS, STS, IMDS,
// webhooks. One connection a request, no redirects, no cookies, no proxies. Not for agents' calls:
// those go through Upstream with a receipt.
namespace strait::net {

struct Url {
  bool tls = true;
  std::string host;  // without brackets for IPv6
  std::uint16_t port = 443;
  std::string target = "/";       // path and query
  std::string authority() const;  // "host" or "host:port", for the Host header
};

// http:// and https:// only; no user info, no fragment, no blanks or control bytes.
Result<Url> parse_url(std::string_view text);

struct ClientRequest {
  std::string method = "GET";
  Url url;
  journey::Headers headers;  // host, content-length and connection are added
  std::string body;
  std::shared_ptr<ClientTls> tls;                                 // needed for https
  std::chrono::milliseconds deadline = std::chrono::seconds(10);  // for all of it
  std::size_t reply_bytes_max = 1 * limits::kMiB;
};

struct ClientReply {
  int status = 0;  // any; 3xx is the caller's to refuse
  journey::Headers headers;
  std::string body;
};

// Fails with kUpstreamUnreachable, kUpstreamTimeout or kUpstreamInvalid; kLimitExceeded for a
// longer body.
async::Task<Result<ClientReply>> fetch(async::Loop& loop, ClientRequest request);

}  // namespace strait::net
