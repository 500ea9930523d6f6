// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "programs/strait/catalog_file.h"
#include "programs/strait/policy/findings_of.h"
#include "programs/strait/policy/print_findings.h"
#include "programs/strait/policy/verbs.h"

namespace strait::programs {
namespace {

using analysis::Finding;
using analysis::Severity;

struct Asked {
  std::string config = "strait.toml";
  std::vector<std::string> files;
  FormatOption format;
  std::string fail_on = "warning";
};

Result<std::vector<Finding>> find(const Asked& asked) {
  TRY(const auto catalog, load_catalog({}));
  const analysis::Vocabulary words(*catalog);
  if (!asked.files.empty()) return findings_of(asked.files, words);
  TRY(const auto config, read_config(asked.config));
  return findings_of(config, words);
}

Severity severity_of(const std::string& text) {
  return text == "error" ? Severity::kError : text == "note" ? Severity::kNote : Severity::kWarning;
}

// A test case a file that has findings; one that says so when there is none.
std::vector<JunitCase> junit_cases(const std::vector<Finding>& findings, Severity least) {
  std::vector<JunitCase> cases;
  for (const auto& one : findings) {
    if (cases.empty() || cases.back().name != one.file) cases.push_back({"policy", one.file, {}});
    if (one.severity > least) continue;
    cases.back().failures.push_back(
        fmt::format("{}:{}: {} [{}]", one.line, one.column, one.message, one.rule));
  }
  if (cases.empty()) cases.push_back({"policy", "all files", {}});
  return cases;
}

int check(const Asked& asked) {
  const auto findings = find(asked);
  if (!findings) return report(findings.error());
  const auto least = severity_of(asked.fail_on);
  switch (asked.format.format()) {
    case Format::kText: print_text(*findings); break;
    case Format::kJson: print_json(*findings); break;
    case Format::kGithub: print_github(*findings); break;
    case Format::kJunit: print_junit("strait policy check", junit_cases(*findings, least)); break;
  }
  const auto errors = count_of(*findings, Severity::kError);
  const auto more = count_of(*findings, Severity::kWarning);
  fmt::print(stderr, "{}, {}, {}\n", counted(errors, "error"), counted(more - errors, "warning"),
             counted(findings->size() - more, "note"));
  return count_of(*findings, least) > 0 ? kFindings : kOk;
}

}  // namespace

void add_policy_check(CLI::App& group, int& exit_code) {
  auto* verb = group.add_subcommand(
      "check", "say what is wrong with policies, with line, column and the way out");
  auto asked = std::make_shared<Asked>();
  verb->add_option("--config", asked->config, "strait.toml, for the policies of all its roles")
      ->capture_default_str();
  verb->add_option("files", asked->files, "policy files by themselves, instead");
  verb->add_option("--fail-on", asked->fail_on,
                   "exit 3 from this severity on: error, warning, note")
      ->check(CLI::IsMember({"error", "warning", "note"}))
      ->capture_default_str();
  add_format_option(*verb, asked->format);
  verb->footer(
      "Errors are what cannot be used, warnings what probably does not do what was meant, "
      "notes what is worth knowing.");
  verb->callback([asked, &exit_code] { exit_code = check(*asked); });
}

}  // namespace strait::programs
