// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "journey/journey.h"
#include "sigv4/chunk_signer.h"
#include "sigv4/credentials.h"
#include "sigv4/key_cache.h"

// Turns a permitted and recorded call into bytes that AWS accepts. The head that comes out is
// complete: host, date, token, payload form, framing (content-length is always there when a body
// may follow), our own user-agent and the authorization. Nothing may be added, removed or changed
// after. Pure; the cache belongs to the caller's event loop.
//
// How a streamed body is bound: by its digest when the agent declared one; else, for S3, by signed
// chunks (with the agent's checksum as a signed trailer when it comes at the end); else
// UNSIGNED-PAYLOAD for operations modelled so. kUnsupported when none of these is possible, and
// when the decoded length is unknown. kUnavailable: the credential has expired.
namespace strait::sigv4 {

inline constexpr std::string_view kUserAgent = "strait/0.1";

// Where the call goes, from the catalog (wire/serializer.h makes one).
struct Target {
  std::string_view host;     // authority: "dynamodb.eu-west-1.amazonaws.com", "127.0.0.1:5000"
  std::string_view region;   // of the credential scope
  std::string_view service;  // the signing name
};

struct Outgoing {
  journey::OutgoingRequest request;
  std::optional<ChunkSigner> chunks;  // frames the body; nullopt: the decoded bytes go as they are
};

class Signer {
 public:
  static Result<Outgoing> sign(const journey::IntendedCall& call,
                               journey::UnsignedRequest&& request, const Target& target,
                               const AwsCredentials& credentials, SigningKeyCache& keys,
                               Timestamp now);
};

}  // namespace strait::sigv4
