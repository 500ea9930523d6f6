// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "programs/strait/policy/verbs.h"

namespace strait::programs {

void add_policy(CLI::App& app, int& exit_code) {
  auto* group = app.add_subcommand("policy", "write policy, test it, and see what it does");
  group->require_subcommand(1);
  add_policy_check(*group, exit_code);
  add_policy_test(*group, exit_code);
  add_policy_who_can(*group, exit_code);
  add_policy_diff(*group, exit_code);
  add_policy_prove(*group, exit_code);
  add_policy_backtest(*group, exit_code);
  add_policy_suggest(*group, exit_code);
  add_policy_score(*group, exit_code);
  add_policy_explain(*group, exit_code);
  add_policy_eval(*group, exit_code);
}

}  // namespace strait::programs
