// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "journey/call.h"
#include "journey/session.h"

// What exactly a human says yes to, as 64 hex digits: SHA-256 over the canonical call. Each part is
// length-prefixed, so that no two calls share a preimage: asker (issuer, subject), role, account,
// partition, region, service, operation, every parameter (members by name, so that the order of a
// map does not matter), the declared body hash of a stream, and the hash of the policy it was
// judged by. Left out: idempotency tokens, which SDKs make anew for every retry. Flip anything else
// and it is another call. Pure.
namespace strait::desk {

// kUnsupported when the call streams a body whose SHA-256 was not declared: there would be nothing
// to hold the bytes against what was shown.
Result<std::string> call_digest(const journey::Call& call, const journey::Session& session,
                                std::string_view policy_hash);

}  // namespace strait::desk
