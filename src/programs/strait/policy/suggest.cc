// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "analysis/suggestion.h"
#include "codec/json.h"
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

void print_json(const analysis::Suggestion& suggestion, const analysis::Suggester& from,
                const RecordTold& told) {
  std::string out;
  codec::JsonWriter json(out);
  json.begin_object()
      .member("calls", static_cast<std::uint64_t>(from.calls()))
      .member("left_out", told.lost)
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
  analysis::Suggester suggester(rules);
  TRY(const auto told, read_past(asked.record, catalog, true, [&](const RecordedPast& one) {
        if (one.recorded.sent) suggester.take(one.past);
      }));
  if (suggester.calls() == 0)
    return fail(ErrorCode::kNotFound, "the record holds no call that was let through there");
  const auto suggestion = suggester.suggest();
  if (asked.json) {
    print_json(suggestion, suggester, told);
    return kOk;
  }
  fmt::print("{}", suggestion.policy_json);
  fmt::print(stderr, "from {} calls: {} statements\n", suggester.calls(), suggestion.statements);
  for (const auto& one : suggestion.generalised)
    fmt::print(stderr, "generalised: {} on {} ({} seen)\n", one.action, one.pattern, one.seen);
  if (told.lost > 0) fmt::print(stderr, "{} calls left out, {}\n", told.lost, told.why_lost);
  return kOk;
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
  verb->callback([asked, &exit_code] {
    const auto done = run(*asked);
    exit_code = done ? *done : report(done.error());
  });
}

}  // namespace strait::programs
