// SPDX-License-Identifier: Apache-2.0
#include "gateway/login.h"

#include <algorithm>

#include "base/limits.h"
#include "crypto/random.h"
#include "crypto/sha256.h"
#include "identity/role_session_name.h"

namespace strait::gateway {

async::Task<Result<identity::TokenClaims>> Login::verify(const World& world,
                                                         std::string_view token) const {
  CO_TRY(const auto url, identity::peek_issuer(token));
  const auto* issuer = world.issuer(url);
  if (issuer == nullptr) {
    co_return fail(ErrorCode::kInvalidToken,
                   "the token's issuer " + quoted(url) + " is not one that Strait trusts");
  }
  CO_TRY(const auto kid, identity::peek_kid(token));
  CO_TRY(const auto keys, co_await issuer->keys->keys_for(kid));
  co_return identity::verify_token(token, issuer->rules, *keys, clock_.now());
}

async::Task<Result<journey::Principal>> Login::identify(const World& world,
                                                        std::string_view token) const {
  CO_TRY(auto claims, co_await verify(world, token));
  co_return std::move(claims.principal);
}

async::Task<Result<Login::Opened>> Login::assume_role(
    const World& world, wire::WebIdentityRequest request,
    std::vector<journey::ContextEntry> context) const {
  CO_TRY(auto claims, co_await verify(world, request.token.reveal()));
  const auto* role = world.role(request.role_arn);
  if (role == nullptr) {
    co_return fail(ErrorCode::kDenied, "not authorized to perform sts:AssumeRoleWithWebIdentity",
                   "no role " + quoted(request.role_arn));
  }
  if (auto trusted = policy::check_trust(role->trust, claims.principal, context); !trusted) {
    co_return fail(ErrorCode::kDenied, "not authorized to perform sts:AssumeRoleWithWebIdentity",
                   trusted.error().message + " " + trusted.error().detail);
  }
  const auto now = clock_.now();
  const auto wanted =
      request.duration.value_or(std::chrono::duration_cast<Seconds>(limits::kSessionDefault));
  journey::Session session{
      .id = SessionId::make(now, crypto::random_entropy()),
      .principal = std::move(claims.principal),
      .role = request.role_arn,
      .name = {},
      .issued = now,
      .expires = now + std::min(wanted, role->config.session_max),
  };
  session.name = identity::role_session_name(request.session_name, session.principal.subject);
  CO_TRY(auto minted, minter_.mint(session, crypto::random_entropy()));
  wire::WebIdentityReply reply{
      .access_key_id = std::move(minted.access_key_id),
      .secret_access_key = std::move(minted.secret),
      .session_token = std::move(minted.session_token),
      .expiration = session.expires,
      .subject = session.principal.subject,
      .assumed_role_id = role_id(session.role) + ":" + session.name,
      .assumed_role_arn = session.assumed_arn(),
      .provider = session.principal.issuer,
      .audience = claims.audience,
  };
  co_return Opened{std::move(session), std::move(reply)};
}

std::string role_id(std::string_view role_arn) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const auto digest = crypto::sha256(role_arn);
  std::string id = "AROA";
  for (std::size_t i = 0; i < 17; ++i) id += kAlphabet[digest[i] % kAlphabet.size()];
  return id;
}

}  // namespace strait::gateway
