// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/container_endpoint.h"

#include "crypto/compare.h"

namespace strait::programs {
namespace {

using namespace std::chrono_literals;
constexpr auto kRenewBefore = 5min;
constexpr std::string_view kPath = "/v1/credentials";

net::PlainReply plain(int status, std::string body) {
  net::PlainReply reply{.status = status, .headers = {}, .body = std::move(body)};
  reply.headers.add("content-type", status == 200 ? "application/json" : "text/plain");
  reply.headers.add("cache-control", "no-store");
  return reply;
}

}  // namespace

Result<std::unique_ptr<ContainerEndpoint>> ContainerEndpoint::create(async::Loop& loop,
                                                                     const async::Clock& clock,
                                                                     LoginOptions options,
                                                                     std::string bearer) {
  std::unique_ptr<ContainerEndpoint> endpoint(
      new ContainerEndpoint(loop, clock, std::move(options), std::move(bearer)));
  auto* self = endpoint.get();
  TRY(endpoint->server_,
      net::PlainServer::create(
          loop, clock, {.address = "127.0.0.1", .port = 0},
          [self](net::PlainRequest request, net::PeerCredentials) -> async::Task<net::PlainReply> {
            co_return co_await self->answer(request);
          }));
  return endpoint;
}

std::string ContainerEndpoint::url() const {
  return "http://127.0.0.1:" + std::to_string(server_->port()) + std::string(kPath);
}

async::Task<Status> ContainerEndpoint::warm_up() {
  CO_TRY(credential_, co_await log_in(loop_, options_));
  co_return Status{};
}

bool ContainerEndpoint::is_ours(const net::PlainRequest& request) const {
  const auto& headers = request.head.headers;
  if (headers.one("host") != "127.0.0.1:" + std::to_string(server_->port())) return false;
  for (const auto& [name, value] : headers.fields()) {
    if (name == "origin" || name.starts_with("sec-fetch-") || name.starts_with("x-forwarded-"))
      return false;
  }
  return crypto::constant_time_equal(headers.one("authorization").value_or(""), bearer_);
}

async::Task<net::PlainReply> ContainerEndpoint::answer(const net::PlainRequest& request) {
  if (request.head.method != "GET" || request.head.target != kPath)
    co_return plain(404, "no such thing here\n");
  if (!is_ours(request)) co_return plain(403, "not for you\n");
  if (!credential_ || credential_->expires - clock_.now() < kRenewBefore) {
    if (auto fresh = co_await log_in(loop_, options_)) credential_ = *std::move(fresh);
  }
  if (!credential_) co_return plain(503, "cannot log in at the gateway\n");
  co_return plain(200, container_json(*credential_, options_.role));
}

}  // namespace strait::programs
