// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "journey/journey.h"
#include "sigv4/body_verifier.h"
#include "sigv4/key_cache.h"

// Proof that the agent's session signed this request: header form, every payload form, in one
// function that no route can go around. Pure; the cache belongs to the caller's event loop.
// About 1.2 us for a small request.
//
// What must hold: the scope's day is x-amz-date's; x-amz-date lies within limits::kClockSkewMax of
// `now`; host and every x-amz-* header are signed; every signed header is present; the payload is
// bound (see sigv4/payload.h), and UNSIGNED-PAYLOAD occurs only where the operation streams, is
// modelled so, or there is no body; the signature is right. Errors: kUnsupported,
// kMalformedRequest, kClockSkew, kExpiredToken (the session's end), kInvalidSignature. An access
// key id that Strait did not issue costs the same work and gives the same answer as a wrong
// signature.
namespace strait::sigv4 {

// The session that identity opened from the request's session token, and its virtual secret.
struct Claimed {
  std::shared_ptr<const journey::Session> session;  // never null
  std::string_view secret;                          // valid during the call
};

struct Verified {
  journey::AuthenticatedCall call;
  // Of a streaming member, one of the two. The body is still to come, and is checked as it passes;
  std::optional<BodyVerifier> body;
  // or it was read whole, since its digest was signed without being declared, and is proven.
  std::optional<std::string> whole;
};

class Verifier {
 public:
  // What the head alone proves, for a body that has not arrived: nobody without the session's
  // secret makes Strait read one that declares its digest. A head that declares nothing of its body
  // is only looked at for form, date and coverage. verify() is still to come.
  static Status check_head(const journey::RequestHead& head, const Claimed& claimed,
                           SigningKeyCache& keys, Timestamp now);

  // `claimed` is nullopt when the token did not open. On failure `parsed` is left whole, so that
  // the refusal can still be written in its protocol.
  static Result<Verified> verify(journey::ParsedCall&& parsed,
                                 const std::optional<Claimed>& claimed, SigningKeyCache& keys,
                                 Timestamp now);
};

}  // namespace strait::sigv4
