// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gtest/gtest.h>

#include <string>

#include "journey/journey.h"
#include "policy/can_i.h"
#include "policy/policy_set.h"

// The small language of the tests of this room and of the desk: a role from JSON texts, a session,
// a call.
namespace strait::policy::testing {

inline constexpr auto kRole = "arn:aws:iam::123456789012:role/developer";

inline std::string document(std::string_view statements) {
  return R"({"Version":"2012-10-17","Statement":[)" + std::string(statements) + "]}";
}

inline PolicySet policies(std::string_view allow, std::string_view ask = "") {
  RoleSource role{kRole, {}, {}};
  if (!allow.empty()) role.allow.push_back({"allow.json", document(allow)});
  if (!ask.empty()) role.ask.push_back({"ask.json", document(ask)});
  auto compiled = compile({role});
  EXPECT_TRUE(compiled.has_value()) << (compiled ? "" : compiled.error().message);
  return compiled ? *compiled : PolicySet();
}

inline journey::Session session() {
  journey::Session session;
  session.id = SessionId::make(Timestamp(Seconds(1'700'000'000)), {1, 2, 3});
  session.principal.issuer = "https://issuer.example";
  session.principal.subject = "agent-7";
  session.principal.claims = {
      {"email", {"kim@acme.dev"}}, {"groups", {"developers", "oncall"}}, {"team", {"web"}}};
  session.role = kRole;
  session.name = "claude";
  session.access_key_id = "STRTAAAAAAAAAAAAAAAA";
  session.issued = Timestamp(Seconds(1'700'000'000));
  session.expires = Timestamp(Seconds(1'700'003'600));
  return session;
}

inline journey::Need need(std::string action, std::string resource) {
  journey::Need need;
  need.action = std::move(action);
  need.resource = std::move(resource);
  return need;
}

inline journey::Call call(std::vector<journey::Need> needs) {
  journey::Call call{nullptr, catalog::Operation(nullptr, 0), {}, catalog::Protocol::kJson10};
  call.partition = "aws";
  call.region = "eu-west-1";
  call.account = "123456789012";
  call.input = codec::Object{};
  call.needs = std::move(needs);
  return call;
}

}  // namespace strait::policy::testing
