// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstdio>

#include "programs/strait/verbs.h"

namespace strait::programs {
namespace {

int exit_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidToken:
    case ErrorCode::kExpiredToken:
    case ErrorCode::kUnknownSession: return kNotLoggedIn;
    case ErrorCode::kDenied: return kDenied;
    case ErrorCode::kApprovalRequired: return kWaiting;
    case ErrorCode::kApprovalRefused: return kRefused;
    case ErrorCode::kUpstreamUnreachable:
    case ErrorCode::kUpstreamTimeout: return kUnreachable;
    default: return kFailed;
  }
}

}  // namespace

int report(const Error& error) {
  fmt::print(stderr, "strait: {}\n", error.message);
  if (!error.detail.empty()) fmt::print(stderr, "        {}\n", error.detail);
  return exit_of(error.code);
}

}  // namespace strait::programs
