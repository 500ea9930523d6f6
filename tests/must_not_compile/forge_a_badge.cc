// SPDX-License-Identifier: Apache-2.0
// Only the desk can say that a call is permitted.
#include "journey/journey.h"

using namespace strait;

#ifdef STRAIT_BREAK_THE_RULE
class Impostor {
 public:
  static journey::PermittedCall permit(journey::JudgedCall judged) {
    return {Badge<desk::Desk>{}, std::move(judged), std::nullopt};
  }
};
#endif

namespace strait::desk {
class Desk {
 public:
  static journey::PermittedCall permit(journey::JudgedCall judged) {
    return {{}, std::move(judged), std::nullopt};
  }
};
}  // namespace strait::desk
