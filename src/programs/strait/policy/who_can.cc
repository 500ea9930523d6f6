// SPDX-License-Identifier: Apache-2.0
#include "analysis/who_can.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "codec/json.h"
#include "programs/strait/catalog_file.h"
#include "programs/strait/policy/verbs.h"
#include "programs/strait/policy_choice.h"
#include "programs/strait/world_builder.h"

namespace strait::programs {
namespace {

using analysis::WhoCan;

struct Asked {
  PolicyChoice policies;
  std::string action, resource = "*";
  bool json = false;
};

Result<std::vector<WhoCan>> answers(const Asked& asked, std::string& by) {
  TRY(const auto config, read_chosen(asked.policies));
  by = whose(config);
  TRY(const auto catalog, load_catalog({}));
  const analysis::Vocabulary words(*catalog);
  if (!catalog->knows_action(asked.action)) {
    return fail(ErrorCode::kInvalidInput, "AWS documents no action " + quoted(asked.action) +
                                              words.did_you_mean_action(asked.action));
  }
  std::vector<policy::RoleSource> sources;
  for (const auto& role : config.roles) sources.push_back(source_of(role));
  return analysis::who_can(sources, asked.action, asked.resource, words);
}

std::string_view word(const analysis::Say& say) {
  switch (say.effect) {
    case journey::Effect::kAllow: return "allowed by";
    case journey::Effect::kAsk: return "asked by";
    case journey::Effect::kDeny: return "denied by";
  }
  return "";
}

void print_text(const std::vector<WhoCan>& all, const std::string& by) {
  for (const auto& one : all) {
    fmt::print("{:<5}  {}{}\n", journey::name(one.effect), one.role,
               one.always ? "" : ", but it depends:");
    for (const auto& say : one.says) {
      fmt::print(
          "         {:<10} {}{}{}\n", word(say), say.statement.str(),
          say.conditions.empty() ? "" : fmt::format(" if {}", fmt::join(say.conditions, " and ")),
          say.whole ? "" : " (on some of the resource)");
    }
  }
  fmt::print("asked of {}\n", by);
}

void print_json(const Asked& asked, const std::vector<WhoCan>& all, const std::string& by) {
  std::string out;
  codec::JsonWriter json(out);
  json.begin_object()
      .member("action", asked.action)
      .member("resource", asked.resource)
      .member("policies", by);
  json.key("roles").begin_array();
  for (const auto& one : all) {
    json.begin_object()
        .member("role", one.role)
        .member("effect", journey::name(one.effect))
        .member("always", one.always)
        .key("statements")
        .begin_array();
    for (const auto& say : one.says) {
      json.begin_object()
          .member("statement", say.statement.str())
          .member("effect", journey::name(say.effect))
          .member("whole", say.whole)
          .key("conditions")
          .begin_array();
      for (const auto& condition : say.conditions) json.value(condition);
      json.end_array().end_object();
    }
    json.end_array().end_object();
  }
  json.end_array().end_object();
  fmt::print("{}\n", out);
}

int who_can(const Asked& asked) {
  std::string by;
  const auto all = answers(asked, by);
  if (!all) return report(all.error());
  asked.json ? print_json(asked, *all, by) : print_text(*all, by);
  return kOk;
}

}  // namespace

void add_policy_who_can(CLI::App& group, int& exit_code) {
  auto* verb = group.add_subcommand(
      "who-can", "which roles may do something, at once or after a human, and on what it depends");
  auto asked = std::make_shared<Asked>();
  add_policy_options(*verb, asked->policies);
  verb->add_flag("--json", asked->json, "data as JSON");
  verb->add_option("action", asked->action, "s3:GetObject")->required();
  verb->add_option("resource", asked->resource,
                   "an ARN, or a pattern: then about all that it can be")
      ->capture_default_str();
  verb->footer("Each role is shown with the most it can get: allow, ask or deny.");
  verb->callback([asked, &exit_code] { exit_code = who_can(*asked); });
}

}  // namespace strait::programs
