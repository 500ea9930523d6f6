// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "base/result.h"
#include "keys/credential_source.h"

namespace strait::keys {

// The JSON by which IMDS, the container endpoint and credential_process give credentials:
// AccessKeyId, SecretAccessKey, Token or SessionToken, Expiration (RFC 3339). `from` names the
// source in errors; nothing of the text is quoted.
Result<AwsCredentialsPtr> parse_credential_json(std::string_view json, std::string_view from);

// Whether `text` can be an access key id, a secret or a token at all: printable ASCII without
// blanks.
bool is_credential_text(std::string_view text);

}  // namespace strait::keys
