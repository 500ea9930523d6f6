// SPDX-License-Identifier: Apache-2.0
#include "journey/verdict.h"

namespace strait::journey {

std::string_view name(Effect effect) {
  switch (effect) {
    case Effect::kAllow: return "allow";
    case Effect::kAsk: return "ask";
    case Effect::kDeny: return "deny";
  }
  return "deny";
}

}  // namespace strait::journey
