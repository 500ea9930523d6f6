// SPDX-License-Identifier: Apache-2.0
// A permission is spent when it is handed on; there is no copy to spend again.
#include "journey/journey.h"

using namespace strait;

journey::PermittedCall hand_on(journey::PermittedCall& permitted) {
#ifdef STRAIT_BREAK_THE_RULE
  return permitted;
#else
  return std::move(permitted);
#endif
}
