// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/compiler/draft.h"
#include "catalog/compiler/iam.h"
#include "catalog/compiler/roles.h"
#include "catalog/compiler/sources.h"
#include "catalog/compiler/writer.h"

// Who hands a role to AWS needs iam:PassRole on it. Where inputs hold roles, their names tell
// (roles.h); which service principal gets a role, and so what iam:PassedToService is, stands in
// overlay/passed-to.txt.
namespace strait::catalog::compiler {

class Passing {
 public:
  static Result<Passing> make(const Writer& pack, const Sources& sources, const Iam& dependencies);

  // Adds a row for every role member, unless the overlay has said which are passed; then says of
  // each row that passes a role to whom, where that is known.
  Status add(format::Index operation, std::vector<Draft>& drafts) const;

 private:
  struct Principal {
    std::string prefix, operation, member;  // "*" for any
    std::string principal;                  // "" when it is not known
  };

  Passing(const Writer& pack, const Iam& dependencies)
      : pack_(pack), dependencies_(dependencies), places_(pack) {}
  bool passes(std::string_view prefix, const Draft& main) const;
  void say_to_whom(format::Index operation, std::vector<Draft>& drafts) const;

  const Writer& pack_;
  const Iam& dependencies_;
  RolePlaces places_;
  std::vector<Principal> principals_;
};

}  // namespace strait::catalog::compiler
