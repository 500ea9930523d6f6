// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "async/clock.h"
#include "async/task.h"
#include "gateway/world.h"
#include "identity/virtual_credential.h"
#include "journey/session.h"
#include "wire/sts.h"

namespace strait::gateway {

// A token and a role make a session: what sts:AssumeRoleWithWebIdentity does, done by Strait. Pure
// but for the issuer's keys, which may have to be fetched. Nothing is stored; the session is in the
// token that the agent gets.
class Login {
 public:
  Login(const identity::CredentialMinter& minter, const async::Clock& clock)
      : minter_(minter), clock_(clock) {}

  struct Opened {
    journey::Session session;
    wire::WebIdentityReply reply;
  };
  // `context` is wire::login_context of the request.
  // kInvalidToken, kExpiredToken, kDenied (the role does not trust this token; a role that does not
  // exist is answered in the same words), kUnavailable (the issuer's keys).
  async::Task<Result<Opened>> assume_role(const World& world, wire::WebIdentityRequest request,
                                          std::vector<journey::ContextEntry> context) const;

  // Who a token says somebody is, for the admin side: approvers show one with each decision.
  async::Task<Result<journey::Principal>> identify(const World& world,
                                                   std::string_view token) const;

 private:
  async::Task<Result<identity::TokenClaims>> verify(const World& world,
                                                    std::string_view token) const;

  const identity::CredentialMinter& minter_;
  const async::Clock& clock_;
};

// "AROA" and 17 characters that stay the same for a role, as AWS's role ids do.
std::string role_id(std::string_view role_arn);

}  // namespace strait::gateway
