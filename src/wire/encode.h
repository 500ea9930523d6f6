// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/result.h"
#include "journey/journey.h"

// The one serializer: what goes to AWS is a pure function of the Call. Canonical target, modelled
// headers, content type, protocol markers and checksums are made anew; nothing is copied from what
// the agent sent. When the call streams, the head is made and the bytes flow beside it.
namespace strait::wire {

class Serializer {
 public:
  static Result<journey::UnsignedRequest> serialize(const journey::Call& call);
};

// decode(serialize(call)) == call, checked before every signature: operation, protocol and input
// must come back equal. kInternal when they do not: a broken invariant, so nothing is sent.
Status check_round_trip(const journey::Call& call, const journey::UnsignedRequest& request);

}  // namespace strait::wire
