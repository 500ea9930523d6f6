// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "analysis/finding.h"
#include "analysis/vocabulary.h"
#include "policy/role.h"

// What is wrong with a role's trust policy, in order of place.
//
//   rule                    severity   it says
//   trust                   error      it cannot be used; nothing else is said of it
//   does-nothing            warning    an empty list, by which the statement never applies
//   unknown-key             warning    AWS documents no such aws: or sts: key
//   key-never-known         warning    no login says what the key is worth
//   variables-need-version  warning    `${` without Version 2012-10-17 is text
namespace strait::analysis {

std::vector<Finding> lint_trust(const policy::PolicyText& file, const Vocabulary& words);

}  // namespace strait::analysis
