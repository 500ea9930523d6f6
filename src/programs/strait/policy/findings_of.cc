// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/policy/findings_of.h"

#include <algorithm>
#include <set>

#include "analysis/lint.h"
#include "analysis/lint_trust.h"
#include "programs/strait/world_builder.h"

namespace strait::programs {

using analysis::Finding;
using analysis::Severity;

std::vector<Finding> findings_of(const Config& config, const analysis::Vocabulary& words) {
  std::vector<policy::RoleSource> sources;
  for (const auto& role : config.roles) sources.push_back(source_of(role));
  auto findings = analysis::lint(sources, words);
  std::set<std::string> seen;
  for (const auto& role : config.roles) {
    if (!seen.insert(role.trust.name).second) continue;
    std::ranges::move(analysis::lint_trust({role.trust.name, role.trust.text}, words),
                      std::back_inserter(findings));
  }
  // Configuration names files from its own folder; whoever reads this stands elsewhere.
  for (auto& one : findings) one.file = shown_path(config.file.parent_path() / one.file);
  return findings;
}

Result<std::vector<Finding>> findings_of(const std::vector<std::string>& files,
                                         const analysis::Vocabulary& words) {
  std::vector<policy::RoleSource> sources;
  for (const auto& file : files) {
    TRY(auto text, read_text(file));
    sources.push_back({.arn = file, .allow = {{file, std::move(text)}}, .ask = {}});
  }
  return analysis::lint(sources, words);
}

std::size_t count_of(const std::vector<Finding>& findings, Severity least) {
  return static_cast<std::size_t>(std::ranges::count_if(
      findings, [least](const Finding& one) { return one.severity <= least; }));
}

}  // namespace strait::programs
