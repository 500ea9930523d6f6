// SPDX-License-Identifier: Apache-2.0
#include "desk/request.h"

namespace strait::desk {

std::string_view name(RequestState state) {
  switch (state) {
    case RequestState::kPending: return "pending";
    case RequestState::kApproved: return "approved";
    case RequestState::kDenied: return "denied";
    case RequestState::kExpired: return "expired";
  }
  return "expired";
}

}  // namespace strait::desk
