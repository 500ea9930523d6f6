// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "journey/session.h"

// A session as the CBOR map that is sealed in its token:
//
//   {"v": 1, "id": "ses_...", "iss": text, "sub": text, "claims": {name: [text, ...], ...}, "role":
//   text,
//    "name": text, "iat": microseconds, "exp": microseconds}
//
// The access key id is not in it: it is bound to the token by the seal. Any change of this map is a
// new "v".
namespace strait::identity {

Result<std::string> write_session(const journey::Session& session);

// kUnknownSession for anything that write_session did not write.
Result<journey::Session> read_session(std::string_view cbor);

}  // namespace strait::identity
