// SPDX-License-Identifier: Apache-2.0
// Bytes leave for AWS only with a call whose INTENT is durable; a permission alone is not that
// receipt.
#include "net/upstream.h"

using namespace strait;

auto attempt(net::Upstream& upstream, const journey::IntendedCall& intended,
             const journey::PermittedCall& permitted, const journey::OutgoingRequest& request,
             const net::Address& address) {
  (void)permitted;
#ifdef STRAIT_BREAK_THE_RULE
  return upstream.forward(permitted, request, address);
#else
  return upstream.forward(intended, request, address);
#endif
}
