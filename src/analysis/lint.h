// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "analysis/finding.h"
#include "analysis/vocabulary.h"
#include "policy/role.h"

// What is wrong with the policies of roles, in order of file and place. A file that several roles
// name is looked at once; how its statements stand to others, once for each role.
//
//   rule                      severity   it says
//   grammar                   error      not IAM's grammar; nothing else is said of such a file
//   does-nothing              warning    an empty list, by which the statement never applies
//   unknown-action            warning    AWS documents no such action, or a wildcard matches none
//   unknown-key               warning    AWS documents no such condition key
//   key-not-for-action        warning    AWS lists the key for none of the statement's actions
//   key-never-known           warning    only AWS knows the key's value, so the condition never
//                                        holds for an Allow, and always may for a Deny or an ask
//   key-sometimes-absent      warning    ForAllValues under Allow holds when there is no value
//   set-key-without-qualifier warning    several values without ForAllValues or ForAnyValue
//   resource-shape            warning    no action of the statement is on such a thing
//   action-without-resource   warning    none of the resources is a thing the action is on
//   wildcard-reaches-nothing  warning    all that it matches must be named
//   wildcard-misses-named     warning    some of what it matches must be named (note under ask)
//   allow-all-but             warning    Allow with NotAction or NotResource (note under ask)
//   variables-need-version    warning    `${` without Version 2012-10-17 is text
//   version-missing           note
//   shadowed-statement        warning    it never decides: others come first
//   shadowed-action           warning    one entry of it never decides
//   redundant-statement       warning    another one says the same or more
//   ask-over-allow            note       some of what it allows is asked first
//   repeated-entry            note       an entry that another entry covers
namespace strait::analysis {

std::vector<Finding> lint(const std::vector<policy::RoleSource>& roles, const Vocabulary& words);

}  // namespace strait::analysis
