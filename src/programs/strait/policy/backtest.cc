// SPDX-License-Identifier: Apache-2.0
#include "analysis/backtest.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "analysis/retelling.h"
#include "codec/json.h"
#include "programs/strait/catalog_file.h"
#include "programs/strait/policy/record.h"
#include "programs/strait/policy/verbs.h"
#include "programs/strait/policy_choice.h"
#include "programs/strait/world_builder.h"

namespace strait::programs {
namespace {

struct Asked {
  RecordChoice record;
  std::string config, against;
  bool in_force = false, json = false;
};

journey::Effect effect_named(std::string_view text) {
  return text == "allow" ? journey::Effect::kAllow
         : text == "ask" ? journey::Effect::kAsk
                         : journey::Effect::kDeny;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out;
}

std::string_view heading(journey::Effect after) {
  switch (after) {
    case journey::Effect::kAllow: return "newly allowed";
    case journey::Effect::kAsk: return "newly asked";
    case journey::Effect::kDeny: return "newly denied";
  }
  return "";
}

void print_text(const analysis::Backtest& test, const RecordTold& told) {
  fmt::print("{} calls judged again: {} as before\n", test.judged(), test.same());
  std::string_view last;
  for (const auto& difference : test.differences()) {
    if (heading(difference.after) != last) fmt::print("\n{}\n", heading(difference.after));
    last = heading(difference.after);
    fmt::print("  {:>6}  {}  (was {})  by {}  role {}\n", difference.count, difference.action,
               journey::name(difference.before), difference.by,
               difference.role.substr(difference.role.rfind('/') + 1));
    fmt::print("          on {}\n", joined(difference.resources));
    fmt::print("          e.g. {}\n", joined(difference.call_ids));
    if (difference.doubtful > 0)
      fmt::print("          {} of them from an incomplete record\n", difference.doubtful);
  }
  if (told.not_judged > 0)
    fmt::print(stderr, "{} calls were refused before policy was asked\n", told.not_judged);
  if (test.doubtful() > 0)
    fmt::print(stderr, "{} calls from an incomplete record: conditions may not be met\n",
               test.doubtful());
  if (told.lost > 0) fmt::print(stderr, "{} calls left out, {}\n", told.lost, told.why_lost);
}

void print_json(const analysis::Backtest& test, const RecordTold& told) {
  std::string out;
  codec::JsonWriter json(out);
  json.begin_object()
      .member("judged", test.judged())
      .member("same", test.same())
      .member("doubtful", test.doubtful())
      .member("not_judged", told.not_judged)
      .member("left_out", told.lost);
  json.key("differences").begin_array();
  for (const auto& difference : test.differences()) {
    json.begin_object()
        .member("role", difference.role)
        .member("action", difference.action)
        .member("before", journey::name(difference.before))
        .member("after", journey::name(difference.after))
        .member("by", difference.by)
        .member("count", difference.count)
        .member("doubtful", difference.doubtful);
    json.key("resources").begin_array();
    for (const auto& resource : difference.resources) json.value(resource);
    json.end_array().key("calls").begin_array();
    for (const auto& id : difference.call_ids) json.value(id);
    json.end_array().end_object();
  }
  json.end_array().end_object();
  fmt::print("{}\n", out);
}

Result<policy::PolicySet> policies_of(const std::string& file, bool in_force = false) {
  TRY(const auto config, read_chosen({.config = file, .files = !in_force}));
  if (in_force) fmt::print(stderr, "compared with {}\n", whose(config));
  return compile_policies(config);
}

Result<int> run(const Asked& asked) {
  TRY(const auto catalog, load_catalog({}));
  TRY(const auto changed, policies_of(asked.config));
  std::optional<policy::PolicySet> before;
  if (asked.in_force) {
    TRY(before, policies_of(asked.config, true));
  } else if (!asked.against.empty()) {
    TRY(before, policies_of(asked.against));
  }
  analysis::Backtest test;
  analysis::Retelling now(changed);
  auto then = before ? std::optional<analysis::Retelling>(*before) : std::nullopt;
  TRY(const auto told, read_past(asked.record, catalog, true, [&](const RecordedPast& one) {
        const analysis::Retelling::Then how{one.recorded.time, one.recorded.sent, one.whole};
        test.take(one.past, one.recorded.id,
                  then ? then->judge(one.past, how).effect : effect_named(one.recorded.effect),
                  now.judge(one.past, how));
      }));
  asked.json ? print_json(test, told) : print_text(test, told);
  return test.same() == test.judged() ? kOk : kFindings;
}

}  // namespace

void add_policy_backtest(CLI::App& group, int& exit_code) {
  auto* verb = group.add_subcommand(
      "backtest", "judge recorded calls by a changed configuration, and show what would differ");
  auto asked = std::make_shared<Asked>();
  verb->add_option("config", asked->config, "the changed strait.toml, or its folder")->required();
  auto* before =
      verb->add_option("--before", asked->against,
                       "compare with the files of this strait.toml, not with what was recorded");
  verb->add_flag("--in-force", asked->in_force,
                 "compare with what the gateway of the changed strait.toml goes by")
      ->excludes(before);
  add_record_options(*verb, asked->record);
  verb->add_flag("--json", asked->json, "data as JSON");
  verb->footer("Exit code 3 when any call would be decided otherwise.");
  verb->callback([asked, &exit_code] {
    const auto done = run(*asked);
    exit_code = done ? *done : report(done.error());
  });
}

}  // namespace strait::programs
