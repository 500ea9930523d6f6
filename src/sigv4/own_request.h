// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "journey/http.h"
#include "sigv4/credentials.h"
#include "sigv4/signer.h"

namespace strait::sigv4 {

// Signs one of Strait's own requests: sts:AssumeRole and GetCallerIdentity, by which `keys` gets
// and checks the credential that agents' calls are signed with. There is no agent, no verdict and
// no intent behind these, so they cannot go through Signer; and because the result is a plain
// RequestHead, which net::Upstream does not take, nothing of an agent's can go this way. `head`
// holds method, target and content headers; `body` is whole.
Result<journey::RequestHead> sign_own(journey::RequestHead head, std::string_view body,
                                      const Target& target, const AwsCredentials& credentials,
                                      Timestamp now);

}  // namespace strait::sigv4
