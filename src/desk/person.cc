// SPDX-License-Identifier: Apache-2.0
#include "desk/person.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace strait::desk {
namespace {

// Claims by which issuers name a person, or an agent's token names the human behind it. Dotted
// names are members of object claims (identity/jwt.h).
constexpr std::array<std::string_view, 22> kNameClaims{
    "email",
    "upn",
    "preferred_username",
    "username",
    "unique_name",
    "user_email",
    "login",
    "actor",
    "owner",
    "owner.sub",
    "owner.email",
    "owner_email",
    "owner_sub",
    "act.sub",
    "act.email",
    "act.upn",
    "may_act.sub",
    "on_behalf_of",
    "on_behalf_of.sub",
    "sponsor",
    "created_by",
    "user",
};

bool has_value(const journey::Principal& person, std::string_view claim, std::string_view value) {
  const auto* values = person.claim(claim);
  return values != nullptr && std::ranges::find(*values, value) != values->end();
}

std::string account_name(const journey::Principal& person) {
  return "sub:" + person.issuer + "|" + person.subject;
}

bool has_verified_email(const journey::Principal& person, std::string_view email) {
  if (!has_value(person, "email_verified", "true")) return false;
  const auto* values = person.claim("email");
  const auto wanted = lowered(email);
  return values != nullptr &&
         std::ranges::any_of(*values, [&](const auto& one) { return lowered(one) == wanted; });
}

}  // namespace

bool Lineage::meets(const Lineage& other) const {
  return std::ranges::any_of(names, [&](const auto& name) {
    return std::ranges::find(other.names, name) != other.names.end();
  });
}

Lineage lineage_of(const journey::Principal& principal) {
  Lineage lineage;
  lineage.names.push_back(account_name(principal));
  lineage.names.push_back("name:" + lowered(principal.subject));
  for (const auto claim : kNameClaims) {
    const auto* values = principal.claim(claim);
    if (values == nullptr) continue;
    for (const auto& value : *values) {
      if (!value.empty()) lineage.names.push_back("name:" + lowered(value));
    }
  }
  return lineage;
}

bool is_listed(const journey::Principal& person, const std::vector<std::string>& approvers) {
  return std::ranges::any_of(approvers, [&](std::string_view rule) {
    if (rule.starts_with("group:")) return has_value(person, "groups", rule.substr(6));
    if (rule.starts_with("email:")) return has_verified_email(person, rule.substr(6));
    return rule.starts_with("sub:") && rule == account_name(person);
  });
}

std::string display_name(const journey::Principal& principal) {
  for (const auto* claim : {"email", "preferred_username", "upn"}) {
    const auto* values = principal.claim(claim);
    if (values != nullptr && values->size() == 1 && !values->front().empty())
      return values->front();
  }
  return principal.subject + " at " + principal.issuer;
}

}  // namespace strait::desk
