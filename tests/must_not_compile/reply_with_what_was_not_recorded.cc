// SPDX-License-Identifier: Apache-2.0
// The server completes an answer with a recorded reply only; one that was merely masked will not
// do.
#include "net/server.h"

using namespace strait;

auto attempt(net::Exchange& exchange, const journey::RecordedReply& recorded,
             const journey::MaskedReply& masked) {
  (void)masked;
#ifdef STRAIT_BREAK_THE_RULE
  return exchange.reply(masked);
#else
  return exchange.reply(recorded);
#endif
}
