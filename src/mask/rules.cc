// SPDX-License-Identifier: Apache-2.0
#include "mask/rules.h"

#include <array>

namespace strait::mask {

namespace {
constexpr std::array<std::string_view, kDetectors> kNames = {
    "aws-secret-key", "private-key", "aws-access-key-id", "jwt",
    "github-token",   "slack-token", "stripe-key",        "card-number"};
}  // namespace

std::string_view name(Detector detector) { return kNames[static_cast<std::size_t>(detector)]; }

std::optional<Detector> detector_named(std::string_view name) {
  for (std::size_t at = 0; at < kNames.size(); ++at) {
    if (kNames[at] == name) return static_cast<Detector>(at);
  }
  return std::nullopt;
}

}  // namespace strait::mask
