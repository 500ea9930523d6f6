// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "async/task.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

namespace strait::programs {

// What a developer's machine needs to log in to a gateway: where, as which role, with which token.
struct LoginOptions {
  std::string endpoint;    // "http://127.0.0.1:4180"
  std::string role;        // ARN
  std::string token_file;  // read anew at each login, so that a rotated token is used
  std::string session_name;
  std::string ca_file;  // when the gateway's certificate is private
};

// A virtual credential, worth nothing outside Strait.
struct LoginCredential {
  std::string access_key_id;
  Secret secret;
  Secret session_token;
  Timestamp expires{};
};

// sts:AssumeRoleWithWebIdentity at the gateway, as any SDK would do it.
async::Task<Result<LoginCredential>> log_in(async::Loop& loop, LoginOptions options);

// The body of a container-credentials reply.
std::string container_json(const LoginCredential& credential, const std::string& role);

}  // namespace strait::programs
