// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "analysis/suggestion.h"
#include "codec/json.h"
#include "policy/judge.h"
#include "programs/strait/catalog_file.h"
#include "programs/strait/policy/record.h"
#include "programs/strait/policy/verbs.h"

namespace strait::programs {
namespace {

struct Asked {
  RecordChoice record;
  analysis::SuggestionRules rules;
  bool exact = false, json = false;
};

// The suggestion put to the test: how many of the calls it was made from it would not allow.
Result<std::uint64_t> not_allowed(const RecordChoice& choice,
                                  const std::shared_ptr<const catalog::Catalog>& catalog,
                                  const analysis::Suggestion& suggestion) {
  const std::string role = "arn:aws:iam::000000000000:role/suggested";
  TRY(const auto policies,
      policy::compile({{.arn = role, .allow = {{"suggestion.json", suggestion.policy_json}}}}));
  std::uint64_t refused = 0;
  TRY(const auto told, read_past(choice, catalog, true, [&](const RecordedPast& one) {
        if (!one.recorded.sent) return;
        const auto verdict =
            policy::Judge::evaluate(policies, role, one.past.call, one.past.session);
        if (verdict.effect != journey::Effect::kAllow) ++refused;
      }));
  static_cast<void>(told);
  return refused;
}

void print_json(const analysis::Suggestion& suggestion, const analysis::Suggester& from,
                const RecordTold& told, std::uint64_t refused) {
  std::string out;
  codec::JsonWriter json(out);
  json.begin_object()
      .member("calls", static_cast<std::uint64_t>(from.calls()))
      .member("left_out", told.lost)
      .member("not_allowed", refused)
      .member("policy", suggestion.policy_json);
  json.key("generalised").begin_array();
  for (const auto& one : suggestion.generalised) {
    json.begin_object()
        .member("action", one.action)
        .member("pattern", one.pattern)
        .member("seen", static_cast<std::uint64_t>(one.seen))
        .end_object();
  }
  json.end_array().end_object();
  fmt::print("{}\n", out);
}

Result<int> run(const Asked& asked) {
  TRY(const auto catalog, load_catalog({}));
  auto rules = asked.rules;
  if (asked.exact) rules.evidence = 0;
  if (asked.exact) rules.new_ids = false;
  analysis::Suggester suggester(rules);
  TRY(const auto told, read_past(asked.record, catalog, true, [&](const RecordedPast& one) {
        if (one.recorded.sent) suggester.take(one.past);
      }));
  if (suggester.calls() == 0)
    return fail(ErrorCode::kNotFound, "the record holds no call that was let through there");
  const auto suggestion = suggester.suggest();
  TRY(const auto refused, not_allowed(asked.record, catalog, suggestion));
  if (asked.json) {
    print_json(suggestion, suggester, told, refused);
    return refused == 0 ? kOk : kFindings;
  }
  fmt::print("{}", suggestion.policy_json);
  fmt::print(stderr, "from {} calls: {} statements\n", suggester.calls(), suggestion.statements);
  for (const auto& one : suggestion.generalised)
    fmt::print(stderr, "generalised: {} on {} ({})\n", one.action, one.pattern,
               one.seen == 0 ? "AWS makes up the id" : fmt::format("{} seen", one.seen));
  if (told.lost > 0) fmt::print(stderr, "{} calls left out, {}\n", told.lost, told.why_lost);
  if (refused > 0) fmt::print(stderr, "{} of the calls would not pass under it\n", refused);
  return refused == 0 ? kOk : kFindings;
}

}  // namespace

void add_policy_suggest(CLI::App& group, int& exit_code) {
  auto* verb =
      group.add_subcommand("suggest", "the least policy for the calls that were let through");
  auto asked = std::make_shared<Asked>();
  add_record_options(*verb, asked->record);
  verb->add_option("--evidence", asked->rules.evidence,
                   "so many resources that begin alike become one pattern")
      ->capture_default_str();
  verb->add_option("--constant-after", asked->rules.constant_after,
                   "what was the same in so many calls becomes a condition")
      ->capture_default_str();
  verb->add_flag("--exact", asked->exact, "never a pattern where a name was seen");
  verb->add_flag("--json", asked->json, "data as JSON");
  verb->footer("Exit code 3 when some of the calls would not pass under what is suggested.");
  verb->callback([asked, &exit_code] {
    const auto done = run(*asked);
    exit_code = done ? *done : report(done.error());
  });
}

}  // namespace strait::programs
