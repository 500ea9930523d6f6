// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "analysis/finding.h"

// Findings for people, for programs and for CI: what `policy check` and `policy test` have in
// common.
namespace strait::programs {

enum class Format { kText, kJson, kGithub, kJunit };

// --format text|json|github|junit, and --json for short.
struct FormatOption {
  std::string name = "text";
  bool json = false;
  Format format() const;
};
void add_format_option(CLI::App& verb, FormatOption& option);

// "1 warning", "2 warnings"
std::string counted(std::size_t count, std::string_view what);

// "policies/dev.json:3:14: warning: ...; advice [rule]"
void print_text(const std::vector<analysis::Finding>& findings);
// {"findings":[{"rule","severity","file","line","column","message","advice"}]}
void print_json(const std::vector<analysis::Finding>& findings);
// Workflow commands, which GitHub shows beside the line.
void print_github(const std::vector<analysis::Finding>& findings);

// JUnit XML, one test case a line of `cases`.
struct JunitCase {
  std::string group, name;
  std::vector<std::string> failures;
};
void print_junit(const std::string& suite, const std::vector<JunitCase>& cases);

}  // namespace strait::programs
