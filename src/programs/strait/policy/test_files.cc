// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/policy/test_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "programs/strait/toml_reader.h"
#include "programs/strait/world_builder.h"

namespace strait::programs {
namespace {

namespace fs = std::filesystem;
using analysis::PolicyCase;

// "developer" is "arn:aws:iam::123456789012:role/developer", when one role is called so.
std::string arn_of(const std::string& name, const Config& config) {
  std::string found = name;
  for (const auto& role : config.roles) {
    if (!role.arn.ends_with(":role/" + name)) continue;
    if (found != name) return name;
    found = role.arn;
  }
  return found;
}

std::optional<std::string> scalar(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto truth = node.value_exact<bool>()) return *truth ? "true" : "false";
  if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
  return std::nullopt;
}

// A string, a number or true and false; or a list of them, for a key of several values.
std::optional<std::vector<std::string>> values_of(const toml::node& node) {
  std::vector<std::string> values;
  if (const auto* list = node.as_array()) {
    for (const auto& one : *list) {
      auto value = scalar(one);
      if (!value) return std::nullopt;
      values.push_back(*std::move(value));
    }
    return values;
  }
  auto value = scalar(node);
  if (!value) return std::nullopt;
  return std::vector{*std::move(value)};
}

void read_context(TomlReader& reader, std::vector<journey::ContextEntry>& with) {
  const auto* given = reader.table("with");
  for (const auto& key : reader.texts("unknown"))
    with.push_back({.key = key, .values = {}, .unknown = true});
  if (given == nullptr) return;
  for (const auto& [key, node] : *given) {
    auto values = values_of(node);
    if (!values || values->empty()) {
      reader.refuse(&node,
                    fmt::format("`{}` must be a string, a number, true or false, or a list of "
                                "them; a key that is not there is left out",
                                key.str()));
      return;
    }
    with.push_back({.key = std::string(key.str()), .values = *std::move(values)});
  }
}

std::optional<journey::Effect> effect_of(const std::string& text) {
  for (const auto effect :
       {journey::Effect::kAllow, journey::Effect::kAsk, journey::Effect::kDeny}) {
    if (text == journey::name(effect)) return effect;
  }
  return std::nullopt;
}

// One or several: `action = "..."` or `actions = ["...", "..."]`.
std::vector<std::string> one_or_more(TomlReader& reader, const toml::table& table,
                                     const std::string& one, const std::string& more) {
  auto values = reader.texts(more);
  const auto single = reader.text(one);
  if (!single.empty() && !values.empty())
    reader.refuse(table.get(one), fmt::format("`{}` or `{}`, not both", one, more));
  if (!single.empty()) values = {single};
  return values;
}

// A case with several actions or resources is a case for each pair of them.
Result<std::vector<PolicyCase>> read_case(const toml::table& table, const std::string& file,
                                          const std::string& default_role, const Config& config) {
  TomlReader reader(table, file, "a case");
  PolicyCase one{.file = file, .line = static_cast<int>(table.source().begin.line)};
  one.name = reader.text("name");
  one.role = arn_of(reader.text("role", default_role), config);
  one.rule = reader.text("rule");
  const auto actions = one_or_more(reader, table, "action", "actions");
  auto resources = one_or_more(reader, table, "resource", "resources");
  if (resources.empty()) resources = {"*"};
  const auto expected = reader.text("expect");
  read_context(reader, one.with);
  CHECK_OK(reader.finish());  // first, because a key that is missing may be one that is misspelt
  const auto expect = effect_of(expected);
  if (!expect) reader.refuse(table.get("expect"), "`expect` is \"allow\", \"ask\" or \"deny\"");
  if (actions.empty()) reader.refuse(nullptr, "a case needs `action = \"service:Name\"`");
  if (one.role.empty())
    reader.refuse(nullptr, "a case needs `role`, or the file `role` above its cases");
  CHECK_OK(reader.finish());
  one.expect = *expect;
  std::vector<PolicyCase> cases;
  for (const auto& action : actions) {
    for (const auto& resource : resources) {
      cases.push_back(one);
      cases.back().action = action;
      cases.back().resource = resource;
      const auto what = fmt::format("{} on {}", action, resource);
      if (one.name.empty())
        cases.back().name = what;
      else if (actions.size() * resources.size() > 1)
        cases.back().name += ": " + what;
    }
  }
  return cases;
}

}  // namespace

Result<std::vector<PolicyCase>> read_test_file(const fs::path& path, const Config& config) {
  const auto file = shown_path(path);
  TRY(const auto text, read_text(path));
  auto parsed = toml::parse(text);
  if (!parsed) {
    return std::unexpected(
        at_line(file, parsed.error().source(), std::string(parsed.error().description())));
  }
  const auto& table = parsed.table();
  TomlReader reader(table, file, "a policy test");
  const auto role = reader.text("role");
  const auto* list = reader.array_of_tables("case");
  CHECK_OK(reader.finish());
  std::vector<PolicyCase> cases;
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    TRY(auto some, read_case(*list->get_as<toml::table>(i), file, role, config));
    std::ranges::move(some, std::back_inserter(cases));
  }
  return cases;
}

std::size_t TestRun::failed() const {
  return static_cast<std::size_t>(
      std::ranges::count(results, false, &analysis::CaseResult::passed));
}

Result<TestRun> run_tests(const std::vector<fs::path>& files, const Config& config,
                          const analysis::Vocabulary& words) {
  TRY(const auto policies, compile_policies(config));
  TestRun run;
  for (const auto& file : files) {
    TRY(auto cases, read_test_file(file, config));
    std::ranges::move(cases, std::back_inserter(run.cases));
  }
  for (const auto& one : run.cases) run.results.push_back(analysis::run_case(one, policies, words));
  return run;
}

}  // namespace strait::programs
