// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "analysis/why.h"
#include "codec/json.h"
#include "programs/strait/catalog_file.h"
#include "programs/strait/policy/record.h"
#include "programs/strait/policy/verbs.h"
#include "programs/strait/policy_choice.h"
#include "programs/strait/state_option.h"
#include "programs/strait/world_builder.h"

namespace strait::programs {
namespace {

struct Asked {
  RecordChoice record;
  PolicyChoice policies;
  std::string id;
  bool json = false;
};

std::string rule_of(const journey::Verdict& verdict) {
  return verdict.decided_by.empty() ? "none" : verdict.decided_by.front().str();
}

void print_text(const ledger::PastCall& recorded, const analysis::Past& past,
                const analysis::Why& why) {
  fmt::print("{}  {}:{}  by {} as {}\n", recorded.id, recorded.service, recorded.operation,
             past.session.principal.subject, past.session.role);
  fmt::print("then  {}\nnow   {}: {}\n", recorded.effect, journey::name(why.verdict.effect),
             why.verdict.why);
  for (const auto& branch : why.branches) {
    fmt::print("  {:5} {} on {}\n        by {}{}\n", journey::name(branch.verdict.effect),
               branch.action, branch.resource, rule_of(branch.verdict),
               branch.deny_only ? " (AWS may check this as well; only a Deny counts)" : "");
    for (const auto& miss : branch.verdict.near_misses)
      fmt::print("        nearly {}: {}\n", miss.statement.str(), miss.why);
  }
  if (!past.doubt.empty()) fmt::print("note: {}; conditions may not be met\n", past.doubt);
  if (!why.statement_json.empty())
    fmt::print("this statement, and nothing smaller, would allow it:\n  {}\n", why.statement_json);
  else if (why.verdict.effect == journey::Effect::kDeny)
    fmt::print("no further statement would allow it: a Deny stands against it\n");
}

void print_json(const ledger::PastCall& recorded, const analysis::Past& past,
                const analysis::Why& why) {
  std::string out;
  codec::JsonWriter json(out);
  json.begin_object()
      .member("call", recorded.id)
      .member("service", recorded.service)
      .member("operation", recorded.operation)
      .member("role", past.session.role)
      .member("then", recorded.effect)
      .member("now", journey::name(why.verdict.effect))
      .member("why", why.verdict.why)
      .member("doubt", past.doubt)
      .member("statement", why.statement_json);
  json.key("needs").begin_array();
  for (const auto& branch : why.branches) {
    json.begin_object()
        .member("action", branch.action)
        .member("resource", branch.resource)
        .member("effect", journey::name(branch.verdict.effect))
        .member("by", rule_of(branch.verdict))
        .key("nearly")
        .begin_array();
    for (const auto& miss : branch.verdict.near_misses) {
      json.begin_object()
          .member("statement", miss.statement.str())
          .member("why", miss.why)
          .end_object();
    }
    json.end_array().end_object();
  }
  json.end_array().end_object();
  fmt::print("{}\n", out);
}

Result<int> run(const Asked& asked) {
  TRY(const auto catalog, load_catalog({}));
  TRY(const auto config, read_chosen(asked.policies));
  TRY(const auto policies, compile_policies(config));
  bool found = false;
  auto choice = asked.record;
  choice.call = asked.id;
  TRY(const auto told, read_past(choice, catalog, false, [&](const RecordedPast& one) {
        found = true;
        const auto why = analysis::explain(one.past, policies);
        asked.json ? print_json(one.recorded, one.past, why)
                   : print_text(one.recorded, one.past, why);
      }));
  if (!found) {
    return fail(ErrorCode::kNotFound,
                "the record has no judged call " + quoted(asked.id) +
                    "; ids begin with call_ and stand in refusals and in `strait sessions replay`");
  }
  fmt::print(stderr, "judged again by {}\n", whose(config));
  return kOk;
}

void add(CLI::App& group, int& exit_code) {
  auto* verb = group.add_subcommand(
      "explain", "why a recorded call is decided as it is, and what would allow it");
  auto asked = std::make_shared<Asked>();
  verb->add_option("id", asked->id, "call_...")->required();
  add_policy_options(*verb, asked->policies);
  add_state_option(*verb, asked->record.state);
  verb->add_flag("--json", asked->json, "data as JSON");
  verb->callback([asked, &exit_code] {
    const auto done = run(*asked);
    exit_code = done ? *done : report(done.error());
  });
}

}  // namespace

void add_policy_explain(CLI::App& group, int& exit_code) { add(group, exit_code); }
void add_explain(CLI::App& app, int& exit_code) { add(app, exit_code); }

}  // namespace strait::programs
