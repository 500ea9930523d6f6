// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "base/result.h"
#include "codec/value.h"

namespace strait::programs {

// Talks to a running gateway's admin listener for the CLI. Blocking.
class AdminClient {
 public:
  // `url` from --gateway or STRAIT_ADMIN, default http://127.0.0.1:4181; the token from
  // --token-file or STRAIT_TOKEN_FILE.
  static Result<AdminClient> from_environment(std::string url, std::string token_file);

  Result<codec::Value> get(const std::string& target) const;
  Result<codec::Value> post(const std::string& target, const std::string& body) const;

 private:
  AdminClient(std::string url, std::string token)
      : url_(std::move(url)), token_(std::move(token)) {}
  Result<codec::Value> call(std::string method, const std::string& target, std::string body) const;
  std::string url_;
  std::string token_;
};

// The value of an environment variable, "" when it is not set.
std::string environment(const char* name);
// A file's text without the line end at its end.
Result<std::string> read_token_file(const std::string& path);

}  // namespace strait::programs
