// SPDX-License-Identifier: Apache-2.0
// After the decoder only the signature check may see what the agent's bytes were.
#include "journey/journey.h"

using namespace strait;

std::size_t look(const journey::ParsedCall& parsed) {
#ifdef STRAIT_BREAK_THE_RULE
  return parsed.raw({}).body().size();
#else
  return parsed.call().needs.size();
#endif
}
