// SPDX-License-Identifier: Apache-2.0
#include "analysis/score.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "codec/json.h"
#include "programs/strait/catalog_file.h"
#include "programs/strait/policy/record.h"
#include "programs/strait/policy/verbs.h"
#include "programs/strait/policy_choice.h"

namespace strait::programs {
namespace {

struct Asked {
  RecordChoice record;
  PolicyChoice policies;
  bool json = false, all = false;
};

constexpr std::size_t kShown = 12;

policy::RoleSource source_of(const RoleFile& role) {
  policy::RoleSource source{.arn = role.arn, .allow = {}, .ask = {}};
  for (const auto& file : role.allow) source.allow.push_back({file.name, file.text});
  for (const auto& file : role.ask) source.ask.push_back({file.name, file.text});
  return source;
}

void print_text(const std::string& arn, const analysis::Score& score, const Asked& asked,
                const catalog::Catalog& catalog) {
  fmt::print("{}\n  {:24} {:>8} {:>8}\n", arn, "access level", "granted", "used");
  for (std::size_t at = analysis::kLevels; at-- > 0;) {
    if (score.granted[at] + score.used[at] == 0) continue;
    fmt::print("  {:24} {:>8} {:>8}\n", analysis::name(static_cast<analysis::Level>(at)),
               score.granted[at], score.used[at]);
  }
  if (score.asked > 0) fmt::print("  {} more need a human\n", score.asked);
  const auto shown = asked.all ? score.unused.size() : std::min(kShown, score.unused.size());
  if (shown > 0) fmt::print("  granted and not used, the most harmful first:\n");
  for (std::size_t at = 0; at < shown; ++at) {
    fmt::print("    {:24} {}\n", analysis::name(analysis::level_of(catalog, score.unused[at])),
               score.unused[at]);
  }
  if (shown < score.unused.size())
    fmt::print("    and {} more: --all\n", score.unused.size() - shown);
  for (const auto& action : score.everywhere)
    fmt::print("  used, and granted on every resource: {}\n", action);
}

void write(codec::JsonWriter& json, const std::string& arn, const analysis::Score& score) {
  json.begin_object().member("role", arn).key("levels").begin_array();
  for (std::size_t at = 0; at < analysis::kLevels; ++at) {
    json.begin_object()
        .member("level", analysis::name(static_cast<analysis::Level>(at)))
        .member("granted", score.granted[at])
        .member("used", score.used[at])
        .end_object();
  }
  json.end_array().member("asked", score.asked).key("unused").begin_array();
  for (const auto& action : score.unused) json.value(action);
  json.end_array().key("everywhere").begin_array();
  for (const auto& action : score.everywhere) json.value(action);
  json.end_array().end_object();
}

Result<int> run(const Asked& asked) {
  TRY(const auto catalog, load_catalog({}));
  TRY(const auto config, read_chosen(asked.policies));
  std::map<std::string, std::set<std::string>> used;
  TRY(const auto told, read_past(asked.record, catalog, true, [&](const RecordedPast& one) {
        if (!one.recorded.sent) return;
        for (const auto& need : one.past.call.needs) {
          if (!need.deny_only) used[one.past.session.role].insert(need.action);
        }
      }));
  std::string out;
  codec::JsonWriter json(out);
  json.begin_array();
  bool found = false;
  for (const auto& role : config.roles) {
    if (!asked.record.role.empty() && !is_role(role.arn, asked.record.role)) continue;
    found = true;
    TRY(const auto score, analysis::score(source_of(role), used[role.arn], *catalog));
    asked.json ? write(json, role.arn, score) : print_text(role.arn, score, asked, *catalog);
  }
  json.end_array();
  if (!found) return fail(ErrorCode::kNotFound, "no role " + quoted(asked.record.role));
  if (asked.json) fmt::print("{}\n", out);
  fmt::print(stderr, "granted by {}\n", whose(config));
  if (told.lost > 0) fmt::print(stderr, "{} calls left out, {}\n", told.lost, told.why_lost);
  return kOk;
}

}  // namespace

void add_policy_score(CLI::App& group, int& exit_code) {
  auto* verb = group.add_subcommand(
      "score", "what each role was granted, what of it was used, and what the rest could do");
  auto asked = std::make_shared<Asked>();
  add_policy_options(*verb, asked->policies);
  add_record_options(*verb, asked->record);
  verb->add_flag("--all", asked->all, "every action that was not used");
  verb->add_flag("--json", asked->json, "data as JSON");
  verb->callback([asked, &exit_code] {
    const auto done = run(*asked);
    exit_code = done ? *done : report(done.error());
  });
}

}  // namespace strait::programs
