// SPDX-License-Identifier: Apache-2.0
// A secret has no way into a stream; whoever wants its bytes must say reveal().
#include <ostream>

#include "base/secret.h"

void print(std::ostream& out, const strait::Secret& secret) {
#ifdef STRAIT_BREAK_THE_RULE
  out << secret;
#else
  out << (secret.empty() ? "none" : "[secret]");
#endif
}
