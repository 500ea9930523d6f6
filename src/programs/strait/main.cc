// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "programs/strait/verbs.h"

int main(int argc, char** argv) {
  using namespace strait::programs;
  CLI::App app{"Strait: a gateway between AI coding agents and AWS"};
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 ok, 1 failed, 2 usage, 3 findings, 4 not logged in, 5 denied, 6 waiting, 7 "
      "refused, "
      "8 unreachable; `exec` passes the child's.");
  int exit_code = kOk;
  for (const auto add : {add_serve, add_dev, add_init, add_doctor, add_exec, add_env, add_can_i,
                         add_policy, add_apply, add_history, add_rollback, add_explain,
                         add_approvals, add_sessions, add_audit, add_proxy, add_aws, add_version}) {
    add(app, exit_code);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
  return exit_code;
}
