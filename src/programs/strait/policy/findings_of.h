// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "analysis/finding.h"
#include "analysis/vocabulary.h"
#include "programs/strait/config.h"

// What `policy check` finds, for itself and for `apply`.
namespace strait::programs {

// In the policies and trust policies of a configuration. Files are named as from the folder that
// one stands in.
std::vector<analysis::Finding> findings_of(const Config& config, const analysis::Vocabulary& words);

// In policy files by themselves, each as if it were all that a role is allowed.
Result<std::vector<analysis::Finding>> findings_of(const std::vector<std::string>& files,
                                                   const analysis::Vocabulary& words);

// How many there are of at least that severity.
std::size_t count_of(const std::vector<analysis::Finding>& findings, analysis::Severity least);

}  // namespace strait::programs
