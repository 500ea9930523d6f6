// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstdint>

namespace strait::policy {

// Kleene's three values, ordered so that `and` is min and `or` is max. kUnknown is not an error: it
// says that AWS will know what the gateway cannot, and Allow then does not apply while Deny and ask
// do.
enum class Tri : std::uint8_t { kFalse, kUnknown, kTrue };

inline Tri both(Tri a, Tri b) { return std::min(a, b); }
inline Tri either(Tri a, Tri b) { return std::max(a, b); }
inline Tri negation(Tri a) { return static_cast<Tri>(2 - static_cast<int>(a)); }
inline Tri known(bool value) { return value ? Tri::kTrue : Tri::kFalse; }

}  // namespace strait::policy
