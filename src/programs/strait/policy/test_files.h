// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <vector>

#include "analysis/policy_case.h"
#include "programs/strait/config.h"
#include "programs/strait/policy/test_paths.h"

// Policy tests as files: *.test.toml, whose form docs/policy-tests.md describes.
namespace strait::programs {

// The cases of one file. Unknown keys and missing ones are refused with file and line.
Result<std::vector<analysis::PolicyCase>> read_test_file(const std::filesystem::path& file,
                                                         const Config& config);

struct TestRun {
  std::vector<analysis::PolicyCase> cases;
  std::vector<analysis::CaseResult> results;  // beside them
  std::size_t failed() const;
};

// Every case of `files` against the configuration's policies.
Result<TestRun> run_tests(const std::vector<std::filesystem::path>& files, const Config& config,
                          const analysis::Vocabulary& words);

}  // namespace strait::programs
