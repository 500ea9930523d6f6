// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string_view>

#include "base/result.h"
#include "journey/journey.h"
#include "wire/claim.h"
#include "wire/request_view.h"

// Raw HTTP to a ParsedCall: recognise, decode, needs, context. This is the one parse (docs/design:
// P1); the raw bytes stay locked inside for the signature check. Nothing here is trusted until
// sigv4 has verified it.
namespace strait::wire {

// Decided from the head alone, before the body is read.
enum class BodyPlan : std::uint8_t {
  kNone,    // no body, or an empty one
  kBuffer,  // read it whole, within limits::kBodyBufferedBytesMax: its parameters, or its digest,
            // are needed
  kStream,  // opaque bytes of a streaming member: they flow beside the walk
};

struct Announced {
  Marks marks;  // views into the head, wherever it is moved to
  BodyPlan body = BodyPlan::kNone;
};
// `scope` is credential_scope() of the head. An error is read_marks()'s.
Result<Announced> announced(const journey::RequestHead& head, const std::optional<Scope>& scope,
                            const catalog::Catalog& catalog, const Options& options);

class Parser {
 public:
  // `marks` and `scope` are read_marks() and credential_scope() of the request, read before its
  // body was. `account` is that of the connection of the session that the request claims to be
  // signed by.
  static Result<journey::ParsedCall> parse(journey::ReceivedRequest received, const Marks& marks,
                                           const std::optional<Scope>& scope,
                                           std::shared_ptr<const catalog::Catalog> catalog,
                                           std::string_view account, const Options& options);
};

// The same reading without a ReceivedRequest: for `strait aws identify`, tests and fuzzers. Without
// needs and context.
Result<journey::Call> read_input(const RequestView& request,
                                 std::shared_ptr<const catalog::Catalog> catalog,
                                 std::string_view account, const Options& options);
// With them.
Result<journey::Call> read_call(const RequestView& request,
                                std::shared_ptr<const catalog::Catalog> catalog,
                                std::string_view account, const Options& options);

}  // namespace strait::wire
