// SPDX-License-Identifier: Apache-2.0
#include "journey/session.h"

#include <algorithm>

namespace strait::journey {

const std::vector<std::string>* Principal::claim(std::string_view name) const {
  const auto found = std::ranges::find(
      claims, name, [](const auto& entry) -> std::string_view { return entry.first; });
  return found == claims.end() ? nullptr : &found->second;
}

std::string Session::account() const {
  // arn:partition:iam::account:role/...
  std::size_t at = 0;
  for (int colons = 0; colons < 4 && at != std::string::npos; ++colons) at = role.find(':', at) + 1;
  return role.substr(at, role.find(':', at) - at);
}

std::string Session::role_name() const { return role.substr(role.rfind('/') + 1); }

std::string Session::assumed_arn() const {
  const auto partition = role.substr(4, role.find(':', 4) - 4);
  return "arn:" + partition + ":sts::" + account() + ":assumed-role/" + role_name() + "/" + name;
}

}  // namespace strait::journey
