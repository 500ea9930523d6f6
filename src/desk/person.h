// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "journey/session.h"

// Who is who when somebody says yes: is this person listed as an approver, and is this the human
// behind the asker? The first question is answered narrowly and the second widely. Pure.
namespace strait::desk {

// Every name by which a principal's human may be known: "sub:<issuer>|<subject>", then
// "name:<value>" in lower case for the subject, e-mail addresses, user names and what an agent's
// token says of its owner (owner, act.sub, ...).
struct Lineage {
  std::vector<std::string> names;
  bool meets(const Lineage& other) const;  // one name in common
};

Lineage lineage_of(const journey::Principal& principal);

// "group:platform" (claim `groups`), "sub:<issuer>|<subject>", "email:lee@acme.dev" (claim `email`,
// and only with `email_verified` true). Anything else matches nobody.
bool is_listed(const journey::Principal& person, const std::vector<std::string>& approvers);

// For people: the e-mail address, else user name, else "<subject> at <issuer>".
std::string display_name(const journey::Principal& principal);

}  // namespace strait::desk
