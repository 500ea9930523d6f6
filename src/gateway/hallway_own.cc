// SPDX-License-Identifier: Apache-2.0
// The two calls that Strait answers itself: logging in, and who am I.
#include "base/limits.h"
#include "gateway/told.h"
#include "wire/needs.h"
#include "wire/request_view.h"
#include "wire/sts.h"

namespace strait::gateway {
namespace {

constexpr std::size_t kLoginBytesMax = 64 * limits::kKiB;  // nobody has proven anything yet

journey::OwnAnswer sts_answer(std::string body, const CallId& id) {
  journey::OwnAnswer answer{.head = {.status = 200, .headers = {}}, .body = std::move(body)};
  answer.head.headers.add("content-type", std::string(wire::kStsContentType));
  answer.head.headers.add("x-amzn-requestid", id.str());
  answer.head.headers.add("x-strait-id", id.str());
  answer.head.headers.add("x-strait-decision", "allow");
  return answer;
}

}  // namespace

async::Task<Status> Hallway::pass_unsigned(net::Exchange& exchange, Told& told) {
  CO_CHECK_OK(co_await exchange.read_body(kLoginBytesMax));
  const auto& received = exchange.request();
  const auto& head = received.head();
  const wire::RequestView view{head.method, head.target, &head.headers,
                               head.headers.one("host").value_or(""), received.body()};
  constexpr std::string_view kUnsigned =
      "the request is not signed; only sts:AssumeRoleWithWebIdentity is taken without a signature";
  auto call = wire::read_call(view, rooms_.catalog, "", rooms_.options);
  if (!call)
    co_return fail(ErrorCode::kInvalidSignature, std::string(kUnsigned), call.error().message);
  told.shape = wire::error_shape(*call);
  if (!wire::is_assume_role_with_web_identity(*call)) {
    co_return fail(ErrorCode::kInvalidSignature, std::string(kUnsigned));
  }
  CO_TRY(auto request, wire::web_identity_request(*call));
  const auto& arrival = received.arrival();
  call->context = wire::context_of({.now = arrival.at, .peer = arrival.peer, .tls = arrival.tls});
  auto context = wire::login_context(*call);
  CO_TRY(auto opened,
         co_await login_.assume_role(*told.world, std::move(request), std::move(context)));
  const auto peer = received.arrival().peer;
  CO_TRY(const auto recorded,
         co_await rooms_.recorder->session_opened(
             opened.session, peer,
             sts_answer(wire::render(opened.reply, told.arrival.id.str()), told.arrival.id)));
  co_return co_await exchange.reply(recorded);
}

async::Task<Status> Hallway::answer_identity(net::Exchange& exchange, Told& told) {
  const auto& session = told.authenticated->session();
  const wire::CallerIdentity identity{.user_id = role_id(session.role) + ":" + session.name,
                                      .account = session.account(),
                                      .arn = session.assumed_arn()};
  CO_TRY(const auto recorded,
         co_await rooms_.recorder->answered(
             *told.authenticated,
             sts_answer(wire::render(identity, told.arrival.id.str()), told.arrival.id)));
  co_return co_await exchange.reply(recorded);
}

}  // namespace strait::gateway
