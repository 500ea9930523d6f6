// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "codec/json.h"
#include "programs/strait/catalog_file.h"
#include "programs/strait/policy/print_findings.h"
#include "programs/strait/policy/test_files.h"
#include "programs/strait/policy/verbs.h"

namespace strait::programs {
namespace {

namespace fs = std::filesystem;

struct Asked {
  std::string config = "strait.toml";
  std::vector<std::string> files;
  FormatOption format;
};

Result<TestRun> run(const Asked& asked) {
  TRY(const auto config, read_config(asked.config));
  TRY(const auto catalog, load_catalog({}));
  const analysis::Vocabulary words(*catalog);
  auto files = test_files_of(config);
  if (!asked.files.empty()) files.assign(asked.files.begin(), asked.files.end());
  return run_tests(files, config, words);
}

void print_json(const TestRun& run) {
  std::string out;
  codec::JsonWriter json(out);
  json.begin_object().key("cases").begin_array();
  for (std::size_t i = 0; i < run.cases.size(); ++i) {
    const auto& one = run.cases[i];
    const auto& result = run.results[i];
    json.begin_object()
        .member("file", one.file)
        .member("line", one.line)
        .member("name", one.name)
        .member("role", one.role)
        .member("action", one.action)
        .member("resource", one.resource)
        .member("expect", journey::name(one.expect))
        .member("passed", result.passed)
        .member("decision", journey::name(result.verdict.effect))
        .key("matched")
        .begin_array();
    for (const auto& statement : result.verdict.decided_by) json.value(statement.str());
    json.end_array().member("why", result.why).end_object();
  }
  json.end_array().member("failed", run.failed()).end_object();
  fmt::print("{}\n", out);
}

void print_text(const TestRun& run) {
  for (std::size_t i = 0; i < run.cases.size(); ++i) {
    const auto& one = run.cases[i];
    if (run.results[i].passed) continue;
    fmt::print("{}:{}: {}: {}\n", one.file, one.line, one.name, run.results[i].why);
  }
}

std::vector<analysis::Finding> findings_of(const TestRun& run) {
  std::vector<analysis::Finding> findings;
  for (std::size_t i = 0; i < run.cases.size(); ++i) {
    const auto& one = run.cases[i];
    if (run.results[i].passed) continue;
    findings.push_back({.rule = "policy-test",
                        .severity = analysis::Severity::kError,
                        .file = one.file,
                        .line = one.line,
                        .message = one.name + ": " + run.results[i].why});
  }
  return findings;
}

std::vector<JunitCase> junit_cases(const TestRun& run) {
  std::vector<JunitCase> cases;
  for (std::size_t i = 0; i < run.cases.size(); ++i) {
    cases.push_back({run.cases[i].file, run.cases[i].name, {}});
    if (!run.results[i].passed) cases.back().failures.push_back(run.results[i].why);
  }
  return cases;
}

int test(const Asked& asked) {
  const auto done = run(asked);
  if (!done) return report(done.error());
  switch (asked.format.format()) {
    case Format::kText: print_text(*done); break;
    case Format::kJson: print_json(*done); break;
    case Format::kGithub: print_github(findings_of(*done)); break;
    case Format::kJunit: print_junit("strait policy test", junit_cases(*done)); break;
  }
  fmt::print(stderr, "{} passed, {} failed\n", done->cases.size() - done->failed(), done->failed());
  return done->failed() > 0 ? kFindings : kOk;
}

}  // namespace

void add_policy_test(CLI::App& group, int& exit_code) {
  auto* verb = group.add_subcommand(
      "test", "run the *.test.toml files: what roles must be allowed, asked for and denied");
  auto asked = std::make_shared<Asked>();
  verb->add_option("--config", asked->config, "strait.toml")->capture_default_str();
  verb->add_option("files", asked->files, "these test files, instead of all");
  add_format_option(*verb, asked->format);
  verb->footer("Exits 3 when a case fails. The form of the files is in docs/policy-tests.md.");
  verb->callback([asked, &exit_code] { exit_code = test(*asked); });
}

}  // namespace strait::programs
