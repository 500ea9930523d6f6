// SPDX-License-Identifier: Apache-2.0
// The signer asks for a call whose intent is on record; a call that was merely judged will not do.
#include "sigv4/signer.h"

using namespace strait;

auto attempt(const journey::IntendedCall& intended, const journey::JudgedCall& judged,
             journey::UnsignedRequest request, const sigv4::Target& target,
             const sigv4::AwsCredentials& credentials, sigv4::SigningKeyCache& keys,
             Timestamp now) {
  (void)judged;
#ifdef STRAIT_BREAK_THE_RULE
  return sigv4::Signer::sign(judged, std::move(request), target, credentials, keys, now);
#else
  return sigv4::Signer::sign(intended, std::move(request), target, credentials, keys, now);
#endif
}
