// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace strait::catalog {

// Why an operation must be named in a policy: `*` does not cover it (design, section 6).
enum class Class : std::uint8_t {
  kReturnsCredentials =
      1 << 0,  // AWS secret keys, tokens, key material or bearer URLs in the reply
  kPassRole = 1 << 1,
  kRunCode = 1 << 2,
  kEditPolicy = 1 << 3,
  kEditTrust = 1 << 4,
  // What a call of a class needs besides its main action, as the tags of what it makes. It must be
  // named too, but by itself: no word for a class means it.
  kBesides = 1 << 5,
};
using Classes = std::uint8_t;  // an or of Class

// The classes that a policy can name, in the order in which they are told.
inline constexpr std::array kClasses{Class::kReturnsCredentials, Class::kPassRole, Class::kRunCode,
                                     Class::kEditPolicy, Class::kEditTrust};
std::string_view name(Class which);                       // "pass-role"; "" of kBesides
std::optional<Class> class_named(std::string_view name);  // in any case

}  // namespace strait::catalog
