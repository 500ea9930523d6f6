// SPDX-License-Identifier: Apache-2.0
#include "analysis/prove.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <iterator>

#include "codec/json.h"
#include "programs/strait/catalog_file.h"
#include "programs/strait/config.h"
#include "programs/strait/policy/verbs.h"

namespace strait::programs {
namespace {

using analysis::Proof;

struct Asked {
  bool no_new_access = false, within = false, json = false;
  std::string bound, policy, role;
  double timeout = 60;
};

Result<std::string> read_text(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorCode::kNotFound, "cannot read " + file);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// A policy document, or everything that a role of a configuration lists.
Result<policy::RoleSource> source_of(const std::string& file, const Asked& asked,
                                     std::string_view side) {
  if (!file.ends_with(".toml")) {
    TRY(auto text, read_text(file));
    return policy::RoleSource{std::string(side), {{file, std::move(text)}}, {}};
  }
  TRY(const auto config, read_config(file));
  for (const auto& role : config.roles) {
    if (!asked.role.empty() && role.arn != asked.role) continue;
    policy::RoleSource source{role.arn, {}, {}};
    for (const auto& one : role.allow) source.allow.push_back({one.name, one.text});
    for (const auto& one : role.ask) source.ask.push_back({one.name, one.text});
    return source;
  }
  return fail(ErrorCode::kNotFound,
              asked.role.empty() ? file + " defines no role" : file + " has no role " + asked.role);
}

Result<Proof> prove(const Asked& asked) {
  TRY(const auto bound, source_of(asked.bound, asked, "bound"));
  TRY(const auto policy, source_of(asked.policy, asked, "policy"));
  TRY(const auto catalog, load_catalog({}));
  const auto known = analysis::known_actions(*catalog);
  using Clock = std::chrono::steady_clock;
  using std::chrono::milliseconds;
  const auto end = Clock::now() + milliseconds(static_cast<long long>(asked.timeout * 1000));
  return analysis::prove(bound, policy, known, [end] {
    return std::chrono::duration_cast<milliseconds>(end - Clock::now());
  });
}

std::string matched(const journey::Verdict& verdict) {
  std::string text;
  for (const auto& statement : verdict.decided_by)
    text += (text.empty() ? "" : ", ") + statement.str();
  return text.empty() ? "no statement" : text;
}

void print_call(const Asked& asked, const Proof& proof) {
  const auto line = [](std::string_view name, std::string_view text) {
    fmt::print("  {:<9} {}\n", name, text);
  };
  fmt::print("counter-example: {} permits more than {}\n", asked.policy, asked.bound);
  line("action",
       proof.call.action + (proof.known_action ? "" : "  (AWS documents no such action)"));
  if (proof.call.classes != 0) line("", "`*` does not grant it: a statement must name this action");
  line("resource", proof.call.resource);
  for (const auto& entry : proof.call.context) {
    std::string values;
    for (const auto& value : entry.values) {
      if (!values.empty()) values += ", ";
      codec::write_json_string(values, value);
    }
    line("context", entry.key + " = " + values);
  }
  if (proof.call.context.empty()) line("context", "none");
  for (const auto& [file, verdict] :
       {std::pair(asked.bound, &proof.bound), std::pair(asked.policy, &proof.policy)})
    line(journey::name(verdict->effect), file + ": " + matched(*verdict));
}

void write_verdict(codec::JsonWriter& json, const std::string& file,
                   const journey::Verdict& verdict) {
  json.begin_object().member("file", file).member("decision", journey::name(verdict.effect));
  json.member("why", verdict.why).key("matched").begin_array();
  for (const auto& statement : verdict.decided_by) json.value(statement.str());
  json.end_array().end_object();
}

std::string to_json(const Asked& asked, const Proof& proof) {
  std::string out;
  codec::JsonWriter json(out);
  json.begin_object().member("answer", proof.answer == Proof::kProved           ? "proved"
                                       : proof.answer == Proof::kCounterExample ? "counter-example"
                                                                                : "unknown");
  json.member("question", asked.within ? "within" : "no-new-access");
  if (proof.answer == Proof::kUnknown) json.member("reason", proof.reason);
  if (proof.answer == Proof::kCounterExample) {
    json.key("call").begin_object();
    json.member("action", proof.call.action).member("known_action", proof.known_action);
    json.member("must_be_named", proof.call.classes != 0);
    json.member("resource", proof.call.resource).key("context").begin_object();
    for (const auto& entry : proof.call.context) {
      json.key(entry.key).begin_array();
      for (const auto& value : entry.values) json.value(value);
      json.end_array();
    }
    json.end_object().end_object();
    write_verdict(json.key(asked.within ? "bound" : "old"), asked.bound, proof.bound);
    write_verdict(json.key(asked.within ? "policy" : "new"), asked.policy, proof.policy);
  }
  json.member("cases", proof.cases).member("rounds", proof.rounds).end_object();
  return out;
}

int answer(const Asked& asked, const Proof& proof) {
  if (asked.json) fmt::print("{}\n", to_json(asked, proof));
  switch (proof.answer) {
    case Proof::kProved:
      if (!asked.json)
        fmt::print("proved: {} permits nothing beyond {}\n", asked.policy, asked.bound);
      return kOk;
    case Proof::kCounterExample:
      if (!asked.json) print_call(asked, proof);
      return kFindings;
    case Proof::kUnknown: break;
  }
  if (!asked.json) fmt::print(stderr, "strait: not known: {}\n", proof.reason);
  return kFailed;
}

}  // namespace

void add_policy_prove(CLI::App& group, int& exit_code) {
  auto* verb = group.add_subcommand(
      "prove", "that a policy permits nothing that another does not, or a call that shows it does");
  auto asked = std::make_shared<Asked>();
  auto* change = verb->add_flag("--no-new-access", asked->no_new_access,
                                "OLD NEW: the change permits nothing new");
  verb->add_flag("--within", asked->within, "BOUND POLICY: the policy stays within the bound")
      ->excludes(change);
  verb->add_option("bound", asked->bound,
                   "a policy document (JSON), or a strait.toml for all policies of its --role")
      ->required();
  verb->add_option("policy", asked->policy, "likewise")->required();
  verb->add_option("--role", asked->role,
                   "role ARN in a strait.toml; its first role when not given");
  verb->add_option("--timeout", asked->timeout, "seconds")->capture_default_str();
  verb->add_flag("--json", asked->json, "data as JSON");
  verb->callback([asked, &exit_code] {
    if (!asked->no_new_access && !asked->within)
      throw CLI::RequiredError("--no-new-access OLD NEW or --within BOUND POLICY");
    const auto proof = prove(*asked);
    exit_code = proof ? answer(*asked, *proof) : report(proof.error());
  });
}

}  // namespace strait::programs
