// SPDX-License-Identifier: Apache-2.0
#include "net/client.h"

#include "net/client_connection.h"
#include "net/head_writer.h"

namespace strait::net {
namespace {

bool plain_letters(std::string_view text, std::string_view others) {
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && others.find(c) == std::string_view::npos) return false;
  }
  return true;
}

// The whole errand's deadline: closes whatever is open when it passes.
struct Errand {
  Errand(async::Loop& loop, std::chrono::milliseconds all) : deadline(loop, &Errand::late, this) {
    deadline.arm(all);
  }
  static void late(void* self) {
    auto& errand = *static_cast<Errand*>(self);
    errand.timed_out = true;
    if (errand.connection) errand.connection->channel().close();
  }
  std::unique_ptr<ClientConnection> connection;
  bool timed_out = false;
  async::Deadlines::Entry deadline;
};

void write_request(std::string& out, const ClientRequest& request) {
  append_request_line(out, request.method, request.url.target);
  append_field(out, "host", request.url.authority());
  for (const auto& [name, value] : request.headers.fields()) {
    if (name != "host" && name != "content-length" && name != "connection")
      append_field(out, name, value);
  }
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT")
    append_length(out, request.body.size());
  out += "connection: close\r\n\r\n";
}

async::Task<Result<ClientReply>> run(async::Loop& loop, Errand& errand,
                                     const ClientRequest& request) {
  const auto connect_deadline =
      std::min<std::chrono::milliseconds>(request.deadline, limits::kConnectDeadline);
  std::shared_ptr<ClientTls> tls;
  if (request.url.tls) tls = request.tls;
  CO_TRY(errand.connection,
         co_await ClientConnection::open(loop, request.url.host, request.url.port, std::move(tls),
                                         connect_deadline));
  auto& connection = *errand.connection;
  connection.begin(request.method);
  write_request(connection.head_out(), request);
  if (errand.timed_out ||
      co_await connection.channel().write({connection.head_out(), request.body}) != IoState::kOk) {
    co_return fail(ErrorCode::kUpstreamUnreachable,
                   quoted(request.url.authority()) + " does not take the request");
  }
  connection.request_is_whole();
  CO_TRY(auto frame, co_await connection.read_head({request.deadline, SIZE_MAX}));
  ClientReply reply{frame.head.status, std::move(frame.head.headers), {}};
  while (!connection.body_done()) {
    CO_TRY(const auto data, co_await connection.read_some());
    if (data.size() > request.reply_bytes_max - reply.body.size()) {
      co_return fail(ErrorCode::kLimitExceeded,
                     "the reply of " + quoted(request.url.authority()) + " is too long");
    }
    reply.body += data;
  }
  co_return reply;
}

}  // namespace

std::string Url::authority() const {
  auto text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (tls ? 443 : 80)) text += ":" + std::to_string(port);
  return text;
}

Result<Url> parse_url(std::string_view text) {
  const auto refuse = [whole = text](const char* why) {
    return fail(ErrorCode::kInvalidConfiguration, quoted(whole) + " is not a usable URL: " + why);
  };
  Url url;
  if (text.starts_with("https://")) {
    text.remove_prefix(8);
  } else if (text.starts_with("http://")) {
    text.remove_prefix(7);
    url.tls = false;
    url.port = 80;
  } else {
    return refuse("it must begin with https:// or http://");
  }
  const auto end = std::min(text.find_first_of("/?#"), text.size());
  auto authority = text.substr(0, end);
  const auto rest = text.substr(end);
  if (!plain_letters(rest, "-._~!$&'()*+,;=:@/?%"))
    return refuse("its path holds a byte that must be percent-encoded");
  url.target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == std::string_view::npos || !plain_letters(authority.substr(1, close - 1), ":.")) {
      return refuse("its IPv6 address is broken");
    }
    url.host = authority.substr(1, close - 1);
    authority.remove_prefix(close + 1);
  } else {
    url.host = authority.substr(0, authority.find(':'));
    authority.remove_prefix(url.host.size());
    if (!plain_letters(url.host, "-._")) return refuse("its host name is broken");
  }
  if (url.host.empty()) return refuse("it has no host");
  if (authority.empty()) return url;
  const auto digits = authority.substr(1);
  unsigned port = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9' || digits.size() > 5) return refuse("its port is not a number");
    port = port * 10 + static_cast<unsigned>(c - '0');
  }
  if (authority.front() != ':' || port == 0 || port > 65535)
    return refuse("its port is not a number");
  url.port = static_cast<std::uint16_t>(port);
  return url;
}

async::Task<Result<ClientReply>> fetch(async::Loop& loop, ClientRequest request) {
  if (request.url.tls && request.tls == nullptr) {
    co_return fail(ErrorCode::kInternal, "https without TLS options");
  }
  Errand errand(loop, request.deadline);
  auto reply = co_await run(loop, errand, request);
  if (!reply && errand.timed_out) {
    co_return fail(ErrorCode::kUpstreamTimeout,
                   quoted(request.url.authority()) + " does not answer in time");
  }
  co_return reply;
}

}  // namespace strait::net
