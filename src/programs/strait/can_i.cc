// SPDX-License-Identifier: Apache-2.0
#include "policy/can_i.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "codec/json.h"
#include "programs/strait/catalog_file.h"
#include "programs/strait/policy_choice.h"
#include "programs/strait/verbs.h"
#include "programs/strait/world_builder.h"

namespace strait::programs {
namespace {

struct Asked {
  PolicyChoice policies;
  std::string role, action, resource = "*";
  std::vector<std::string> with;
  bool json = false;
};

struct Answer {
  journey::Verdict verdict;
  std::string by;  // whose policies
};

Result<Answer> judge(const Asked& asked) {
  TRY(const auto config, read_chosen(asked.policies));
  TRY(const auto policies, compile_policies(config));
  TRY(const auto catalog, load_catalog({}));
  if (config.roles.empty()) return fail(ErrorCode::kInvalidConfiguration, "no role is defined");
  policy::Question question{.role = asked.role.empty() ? config.roles.front().arn : asked.role,
                            .action = asked.action,
                            .resource = asked.resource,
                            .context = {},
                            .classes = catalog->classes_of_action(asked.action)};
  if (!catalog->knows_action(asked.action))
    fmt::print(stderr, "note: AWS documents no action {}\n", asked.action);
  for (const auto& pair : asked.with) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos)
      return fail(ErrorCode::kInvalidInput, "--with takes key=value, not " + quoted(pair));
    question.context.push_back({pair.substr(0, equals), {pair.substr(equals + 1)}});
  }
  return Answer{policy::can_i(policies, question), whose(config)};
}

void print(const Asked& asked, const Answer& answer) {
  const auto& verdict = answer.verdict;
  if (!asked.json) {
    fmt::print("{}  {} on {}: {}\n", journey::name(verdict.effect), asked.action, asked.resource,
               verdict.why);
    for (const auto& statement : verdict.decided_by)
      fmt::print("  decided by {}\n", statement.str());
    for (const auto& miss : verdict.near_misses)
      fmt::print("  nearly     {}: {}\n", miss.statement.str(), miss.why);
    fmt::print("  asked of   {}\n", answer.by);
    return;
  }
  std::string out = fmt::format(R"({{"decision":"{}","why":)", journey::name(verdict.effect));
  codec::write_json_string(out, verdict.why);
  out += R"(,"matched":[)";
  for (const auto& statement : verdict.decided_by) {
    if (out.back() != '[') out += ',';
    codec::write_json_string(out, statement.str());
  }
  out += R"(],"policies":)";
  codec::write_json_string(out, answer.by);
  fmt::print("{}}}\n", out);
}

}  // namespace

void add_can_i(CLI::App& app, int& exit_code) {
  auto* verb =
      app.add_subcommand("can-i", "what policy would say, and which statement would say it");
  auto asked = std::make_shared<Asked>();
  add_policy_options(*verb, asked->policies);
  verb->add_option("--role", asked->role, "role ARN; the first role when not given");
  verb->add_option("--with", asked->with,
                   "a condition key: aws:RequestedRegion=eu-west-1; keys not given are unknown");
  verb->add_flag("--json", asked->json, "data as JSON");
  verb->add_option("action", asked->action, "s3:GetObject")->required();
  verb->add_option("resource", asked->resource,
                   "an ARN, or a pattern that all of it must be allowed")
      ->capture_default_str();
  verb->callback([asked, &exit_code] {
    const auto answer = judge(*asked);
    if (!answer) {
      exit_code = report(answer.error());
      return;
    }
    print(*asked, *answer);
    const auto effect = answer->verdict.effect;
    exit_code = effect == journey::Effect::kAllow ? kOk
                : effect == journey::Effect::kAsk ? kWaiting
                                                  : kDenied;
  });
}

}  // namespace strait::programs
