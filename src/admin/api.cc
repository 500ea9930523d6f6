// SPDX-License-Identifier: Apache-2.0
#include "admin/api.h"

#include "codec/json.h"
#include "desk/card.h"
#include "desk/person.h"

namespace strait::admin {
namespace {

net::PlainReply reply(int status, std::string_view type, std::string body) {
  net::PlainReply answer{.status = status, .headers = {}, .body = std::move(body)};
  answer.headers.add("content-type", std::string(type));
  answer.headers.add("cache-control", "no-store");
  answer.headers.add("x-content-type-options", "nosniff");
  return answer;
}

net::PlainReply json(std::string body) { return reply(200, "application/json", std::move(body)); }

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidToken:
    case ErrorCode::kExpiredToken: return 401;
    case ErrorCode::kDenied: return 403;
    case ErrorCode::kNotFound: return 404;
    case ErrorCode::kConflict: return 409;
    case ErrorCode::kMalformedRequest:
    case ErrorCode::kInvalidInput: return 400;
    default: return 503;
  }
}

net::PlainReply refusal(const Error& error) {
  std::string body = R"({"error":{"code":)";
  codec::write_json_string(body, name(error.code));
  body += R"(,"message":)";
  codec::write_json_string(body, error.message);
  body += "}}\n";
  return reply(status_of(error.code), "application/json", std::move(body));
}

// Those who may decide a request, and the asker, may see it. To everybody else it does not exist.
bool may_see(const journey::Principal& who, const desk::Request& request) {
  return (who.issuer == request.issuer && who.subject == request.subject) ||
         desk::is_listed(who, request.approvers);
}

Result<RequestId> request_id(std::string_view text) {
  if (auto id = RequestId::parse(text)) return *id;
  return fail(ErrorCode::kNotFound, "no request " + quoted(text));
}

Result<std::string> bearer(const journey::Headers& headers) {
  constexpr std::string_view kScheme = "Bearer ";
  const auto value = headers.one("authorization");
  if (!value || !value->starts_with(kScheme)) {
    return fail(ErrorCode::kInvalidToken,
                "show an OIDC token: set STRAIT_TOKEN_FILE to a file that holds one");
  }
  return std::string(value->substr(kScheme.size()));
}

}  // namespace

async::Task<net::PlainReply> Api::handle(net::PlainRequest request, net::PeerCredentials) {
  auto answer = co_await route(request);
  co_return answer ? *std::move(answer) : refusal(answer.error());
}

Api::Reply Api::route(const net::PlainRequest& request) {
  const auto path = request.head.path();
  const auto& method = request.head.method;
  if (method == "GET" && path == "/healthz") co_return reply(200, "text/plain", "alive\n");
  if (method == "GET" && path == "/readyz") {
    const auto readiness = rooms_.readiness();
    co_return reply(readiness.ready ? 200 : 503, "text/plain",
                    readiness.ready ? "ready\n" : readiness.why + "\n");
  }
  if (method == "GET" && path == "/metrics")
    co_return reply(200, "text/plain; version=0.0.4", rooms_.metrics());

  constexpr std::string_view kRequests = "/v1/requests";
  if (!path.starts_with(kRequests))
    co_return fail(ErrorCode::kNotFound, "no such route: " + quoted(path));
  CO_TRY(auto token, bearer(request.head.headers));
  CO_TRY(const auto who, co_await rooms_.identify(std::move(token)));
  auto rest = path.substr(kRequests.size());
  if (method == "GET" && rest.empty())
    co_return co_await list_requests(who, request.head.query() != "all");
  if (rest.starts_with('/')) rest.remove_prefix(1);
  const auto slash = rest.find('/');
  const auto id = rest.substr(0, slash);
  const auto verb = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  if (method == "GET" && verb.empty()) co_return co_await show_request(who, id);
  if (method == "POST" && verb == "approve") co_return co_await decide(who, id, true, request.body);
  if (method == "POST" && verb == "deny") co_return co_await decide(who, id, false, request.body);
  co_return fail(ErrorCode::kNotFound, "no such route: " + method + " " + quoted(path));
}

Api::Reply Api::list_requests(const journey::Principal& who, bool pending_only) {
  CO_TRY(const auto requests, co_await rooms_.desk->list(pending_only));
  const auto now = rooms_.clock->now();
  std::string body = R"({"items":[)";
  for (const auto& request : requests) {
    if (!may_see(who, request)) continue;
    if (body.back() != '[') body += ',';
    body += desk::card_json(desk::card_of(request, now), request);
  }
  co_return json(body + "]}\n");
}

Api::Reply Api::show_request(const journey::Principal& who, std::string_view text) {
  CO_TRY(const auto id, request_id(text));
  CO_TRY(const auto request, co_await rooms_.desk->find(id));
  if (!may_see(who, request)) co_return fail(ErrorCode::kNotFound, "no request " + quoted(text));
  const auto card = desk::card_of(request, rooms_.clock->now());
  std::string body;
  codec::JsonWriter(body)
      .begin_object()
      .key("request")
      .raw(desk::card_json(card, request))
      .member("text", desk::card_text(card))
      .end_object();
  co_return json(body + "\n");
}

Api::Reply Api::decide(const journey::Principal& who, std::string_view text, bool approve,
                       const std::string& body) {
  CO_TRY(const auto id, request_id(text));
  std::string reason;
  if (!body.empty()) {
    CO_TRY(const auto said, codec::parse_json(body));
    if (const auto* value = said.find("reason"); value != nullptr && value->string() != nullptr)
      reason = *value->string();
  }
  CO_TRY(const auto request, co_await rooms_.desk->decide(id, who, approve, std::move(reason)));
  co_return json(desk::card_json(desk::card_of(request, rooms_.clock->now()), request) + "\n");
}

}  // namespace strait::admin
