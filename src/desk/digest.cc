// SPDX-License-Identifier: Apache-2.0
#include "desk/digest.h"

#include "crypto/sha256.h"
#include "desk/canonical.h"

namespace strait::desk {
namespace {

void append(std::string& out, std::string_view part) {
  out += std::to_string(part.size());
  out += ':';
  out += part;
}

}  // namespace

Result<std::string> call_digest(const journey::Call& call, const journey::Session& session,
                                std::string_view policy_hash) {
  if (call.stream && call.stream->sha256_hex.empty()) {
    return fail(ErrorCode::kUnsupported,
                "a streamed body can be approved only when its SHA-256 is signed with the request; "
                "turn payload signing "
                "on, or send the body in one piece");
  }
  std::string out = "strait call 1\n";
  append(out, session.principal.issuer);
  append(out, session.principal.subject);
  append(out, session.role);
  append(out, call.account);
  append(out, call.partition);
  append(out, call.region);
  if (call.catalog != nullptr) {
    append(out, call.operation.service().name());
    append(out, call.operation.name());
  }
  for (const auto& need : call.needs) {
    append(out, need.action);
    append(out, need.resource);
  }
  append(out, policy_hash);
  append_canonical(out, call.input, input_shape(call.catalog.get(), call.operation));
  if (call.stream) {
    append(out, call.stream->member);
    append(out, call.stream->sha256_hex);
  }
  return crypto::sha256_hex(out);
}

}  // namespace strait::desk
