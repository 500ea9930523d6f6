// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/applied_by.h"

#include <pwd.h>
#include <unistd.h>

#include <chrono>

#include "codec/json.h"
#include "programs/strait/admin_client.h"

namespace strait::programs {

Applied by_me(std::string what) {
  const auto* user = ::getpwuid(::geteuid());
  std::string who = user != nullptr ? user->pw_name : "uid " + std::to_string(::geteuid());
  if (const auto behind = environment("SUDO_USER"); !behind.empty()) who += " (" + behind + ")";
  return {.what = std::move(what),
          .who = std::move(who),
          .at = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now())};
}

std::string json_of(const Applied& applied, bool in_force) {
  std::string out;
  codec::JsonWriter json(out);
  json.begin_object();
  write_members(json, applied);
  json.member("in_force", in_force).end_object();
  return out;
}

Result<std::filesystem::path> state_dir_of(const std::string& state, const std::string& config) {
  if (!state.empty()) return state;
  if (const auto named = environment("STRAIT_STATE"); !named.empty()) return named;
  TRY(const auto settings, read_settings(config));
  return settings.server.state_dir;
}

}  // namespace strait::programs
