// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "keys/credential_source.h"
#include "keys/fetchers.h"

// Strait's own two calls of AWS STS (API version 2011-06-15, query protocol): how it gets what it
// signs with.
namespace strait::keys {

// `base` signs. The endpoint is the spec's, else the region's own. `rung` is the one of
// spec.policies to send; what comes back says so.
async::Task<Result<AwsCredentialsPtr>> assume_role(Surroundings around, CredentialSpec spec,
                                                   AwsCredentialsPtr base, std::size_t rung = 0);
// Whether STS found the session policy and tags too large in its own packed form.
bool is_packed_too_large(const Error& error);
// Unsigned; `token` is the OIDC token that proves who Strait is to AWS.
async::Task<Result<AwsCredentialsPtr>> assume_role_with_web_identity(Surroundings around,
                                                                     CredentialSpec spec,
                                                                     Secret token);

std::string sts_endpoint(std::string_view region);  // "https://sts.eu-west-1.amazonaws.com"

// "arn:<partition>:iam::<12 digits>:role/<name>"
bool is_role_arn(std::string_view arn);

}  // namespace strait::keys
