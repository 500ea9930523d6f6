// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/task.h"
#include "base/result.h"
#include "base/secret.h"

// A profile's credential_process ("Process credential provider" in the AWS SDKs and Tools Reference
// Guide).
namespace strait::keys {

// The words of a command line as a shell would split it, without expanding anything; nullopt when a
// quote is open.
std::optional<std::vector<std::string>> split_command(std::string_view line);

// Runs the command, without a shell, with nothing on stdin, and gives what it wrote to stdout; its
// stderr is dropped, because it may hold secrets. kUnavailable when it cannot start, fails, writes
// more than 64 KiB or takes longer than ten seconds; it is then killed.
async::Task<Result<Secret>> run_credential_process(async::Loop& loop, std::string line);

}  // namespace strait::keys
