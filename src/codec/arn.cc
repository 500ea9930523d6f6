// SPDX-License-Identifier: Apache-2.0
#include "codec/arn.h"

#include <array>

namespace strait::codec {

std::optional<Arn> parse_arn(std::string_view text) {
  if (!text.starts_with("arn:")) return std::nullopt;
  text.remove_prefix(4);
  std::array<std::string_view, 4> parts;
  for (auto& part : parts) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (parts[0].empty() || parts[1].empty() || text.empty()) return std::nullopt;
  return Arn{parts[0], parts[1], parts[2], parts[3], text};
}

std::string print_arn(const Arn& arn) {
  std::string out("arn:");
  for (const auto part : {arn.partition, arn.service, arn.region, arn.account})
    out.append(part).push_back(':');
  out.append(arn.resource);
  return out;
}

}  // namespace strait::codec
