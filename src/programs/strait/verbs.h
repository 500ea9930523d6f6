// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include "base/error.h"

namespace CLI {
class App;
}

// One function a verb, in a file of its name: it adds the verb to the command line and leaves the
// exit code of what was asked for in `exit_code`. Data goes to stdout, talk to stderr; --json gives
// data as JSON.
namespace strait::programs {

void add_serve(CLI::App& app, int& exit_code);
void add_dev(CLI::App& app, int& exit_code);
void add_init(CLI::App& app, int& exit_code);
void add_doctor(CLI::App& app, int& exit_code);
void add_exec(CLI::App& app, int& exit_code);
void add_env(CLI::App& app, int& exit_code);
void add_can_i(CLI::App& app, int& exit_code);
void add_explain(CLI::App& app, int& exit_code);
void add_approvals(CLI::App& app, int& exit_code);
void add_sessions(CLI::App& app, int& exit_code);
void add_audit(CLI::App& app, int& exit_code);
void add_proxy(CLI::App& app, int& exit_code);
void add_aws(CLI::App& app, int& exit_code);
void add_policy(CLI::App& app, int& exit_code);
void add_apply(CLI::App& app, int& exit_code);
void add_history(CLI::App& app, int& exit_code);
void add_rollback(CLI::App& app, int& exit_code);
void add_version(CLI::App& app, int& exit_code);

// Exit codes, the same for every verb.
enum Exit : int {
  kOk = 0,
  kFailed = 1,
  kUsage = 2,
  kFindings = 3,
  kNotLoggedIn = 4,
  kDenied = 5,
  kWaiting = 6,
  kRefused = 7,
  kUnreachable = 8,
};

// Says the error on stderr, "strait: <message>" and the operator's detail, and gives its exit code.
int report(const Error& error);

}  // namespace strait::programs
