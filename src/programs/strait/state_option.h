// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <CLI/CLI.hpp>
#include <string>

#include "programs/strait/admin_client.h"

namespace strait::programs {

// --state DIR, from STRAIT_STATE, else `state` here.
inline void add_state_option(CLI::App& verb, std::string& state) {
  state = environment("STRAIT_STATE");
  if (state.empty()) state = "state";
  verb.add_option("--state", state, "the gateway's state directory [STRAIT_STATE]")
      ->capture_default_str();
}

}  // namespace strait::programs
