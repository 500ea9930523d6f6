// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "programs/strait/verbs.h"

// The verbs under `strait policy`, one a file of its name.
namespace strait::programs {

void add_policy_backtest(CLI::App& group, int& exit_code);
void add_policy_suggest(CLI::App& group, int& exit_code);
void add_policy_score(CLI::App& group, int& exit_code);
void add_policy_explain(CLI::App& group, int& exit_code);
void add_policy_eval(CLI::App& group, int& exit_code);
void add_policy_check(CLI::App& group, int& exit_code);
void add_policy_test(CLI::App& group, int& exit_code);
void add_policy_who_can(CLI::App& group, int& exit_code);
void add_policy_diff(CLI::App& group, int& exit_code);
void add_policy_prove(CLI::App& group, int& exit_code);

}  // namespace strait::programs
