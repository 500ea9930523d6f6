// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace strait::programs {

// A first configuration that is safe to run: look at most things, ask a human for the rest, nothing
// without a token.
struct Starter {
  std::string issuer;  // URL
  std::string subject = "*";
  std::string account;
  std::string credentials = "environment";
  std::string upstream_role;  // "" to use the credential as it is
  std::string endpoint;       // a stand-in AWS; "" for the real one
  std::string jwks_file;      // static keys; "" for discovery
  std::string approver = "group:approvers";
  std::string listen = "127.0.0.1:4180";
  std::string admin_listen = "127.0.0.1:4181";
  std::string listen_proxy;  // "" for no forward proxy

  std::string role_arn() const { return "arn:aws:iam::" + account + ":role/developer"; }
  std::string issuer_name() const;  // the URL without scheme, as IAM trust policies name it
};

// Writes strait.toml, roles/developer.toml, policies/*.json and their test under `folder`; gives
// what it wrote.
Result<std::vector<std::filesystem::path>> write_starter(const std::filesystem::path& folder,
                                                         const Starter& starter);

}  // namespace strait::programs
