// SPDX-License-Identifier: Apache-2.0
#include "journey/http.h"

#include <algorithm>

namespace strait::journey {

void Headers::set(std::string_view name, std::string value) {
  remove(name);
  add(std::string(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const Field& field) { return field.first == name; });
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count(fields_, name, &Field::first));
}

std::optional<std::string_view> Headers::one(std::string_view name) const {
  const auto found = std::ranges::find(fields_, name, &Field::first);
  if (found == fields_.end()) return std::nullopt;
  if (std::any_of(found + 1, fields_.end(),
                  [&](const Field& field) { return field.first == name; }))
    return std::nullopt;
  return found->second;
}

}  // namespace strait::journey
