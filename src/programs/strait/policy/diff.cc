// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "analysis/policy_diff.h"
#include "codec/json.h"
#include "programs/strait/catalog_file.h"
#include "programs/strait/config.h"
#include "programs/strait/policy/verbs.h"
#include "programs/strait/world_builder.h"

namespace strait::programs {
namespace {

using analysis::AccessChange;
using analysis::Extent;
using analysis::PolicyDiff;
using analysis::StatementChange;

struct Asked {
  std::string before, after;
  bool json = false;
};

bool is_policy(const std::string& path) { return path.ends_with(".json"); }

// A folder with strait.toml, that file, or one policy as if it were all that a role is allowed.
Result<std::vector<policy::RoleSource>> read(const std::string& path) {
  std::vector<policy::RoleSource> sources;
  if (is_policy(path)) {
    TRY(auto text, read_text(path));
    sources.push_back({.arn = "policy", .allow = {{path, std::move(text)}}, .ask = {}});
    return sources;
  }
  TRY(const auto config, read_config(config_file_of(path)));
  for (const auto& role : config.roles) sources.push_back(source_of(role));
  return sources;
}

// Kept apart from the diff, which points into the catalog.
struct Compared {
  std::shared_ptr<const catalog::Catalog> catalog;
  PolicyDiff diff;
};

Result<Compared> compare(const Asked& asked) {
  if (is_policy(asked.before) != is_policy(asked.after)) {
    return fail(ErrorCode::kInvalidInput,
                "compare two policy files, or two configurations; not one with the other");
  }
  TRY(const auto before, read(asked.before));
  TRY(const auto after, read(asked.after));
  TRY(auto catalog, load_catalog({}));
  const analysis::Vocabulary words(*catalog);
  TRY(auto diff, analysis::diff(before, after, words));
  return Compared{std::move(catalog), std::move(diff)};
}

std::string_view word(StatementChange::Kind kind) {
  switch (kind) {
    case StatementChange::kAdded: return "added";
    case StatementChange::kRemoved: return "removed";
    case StatementChange::kChanged: return "changed";
  }
  return "";
}

std::string place(const StatementChange& change) {
  if (!change.after) return change.before->str();
  if (!change.before || *change.before == *change.after) return change.after->str();
  return change.before->str() + " -> " + change.after->str();
}

std::string extents(const AccessChange& change) {
  std::string text;
  for (const auto& [what, extent] : {std::pair("allow", change.allow), std::pair("ask", change.ask),
                                     std::pair("deny", change.deny)}) {
    if (extent == Extent::kSame) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", what, name(extent));
  }
  return text;
}

void print_text(const PolicyDiff& diff) {
  for (const auto& role : diff.roles_added) fmt::print("role added    {}\n", role);
  for (const auto& role : diff.roles_removed) fmt::print("role removed  {}\n", role);
  for (const auto& change : diff.statements) {
    fmt::print("{} {:<8} {} ({})\n", journey::name(change.effect), word(change.kind), place(change),
               change.role);
    for (const auto& line : change.lines) fmt::print("    {}\n", line);
  }
  constexpr std::size_t kShown = 8;
  for (const auto& change : diff.access) {
    const auto shown = std::min(kShown, change.actions.size());
    const std::vector<std::string_view> some(
        change.actions.begin(), change.actions.begin() + static_cast<std::ptrdiff_t>(shown));
    fmt::print("access: {}: {}{} ({})\n", extents(change), fmt::join(some, ", "),
               change.actions.size() > shown
                   ? fmt::format(" and {} more", change.actions.size() - shown)
                   : "",
               change.role);
  }
}

void print_statements(codec::JsonWriter& json, const PolicyDiff& diff) {
  json.key("statements").begin_array();
  for (const auto& change : diff.statements) {
    json.begin_object()
        .member("kind", word(change.kind))
        .member("role", change.role)
        .member("effect", journey::name(change.effect));
    if (change.before) json.member("before", change.before->str());
    if (change.after) json.member("after", change.after->str());
    json.key("lines").begin_array();
    for (const auto& line : change.lines) json.value(line);
    json.end_array().end_object();
  }
  json.end_array();
}

void print_json(const PolicyDiff& diff) {
  std::string out;
  codec::JsonWriter json(out);
  json.begin_object();
  for (const auto& [key, roles] : {std::pair("roles_added", &diff.roles_added),
                                   std::pair("roles_removed", &diff.roles_removed)}) {
    json.key(key).begin_array();
    for (const auto& role : *roles) json.value(role);
    json.end_array();
  }
  print_statements(json, diff);
  json.key("access").begin_array();
  for (const auto& change : diff.access) {
    json.begin_object().member("role", change.role);
    for (const auto& [key, extent] : {std::pair("allow", change.allow),
                                      std::pair("ask", change.ask), std::pair("deny", change.deny)})
      json.member(key, extent == Extent::kSame ? "same" : name(extent));
    json.key("actions").begin_array();
    for (const auto action : change.actions) json.value(action);
    json.end_array().end_object();
  }
  json.end_array().end_object();
  fmt::print("{}\n", out);
}

int diff(const Asked& asked) {
  const auto compared = compare(asked);
  if (!compared) return report(compared.error());
  asked.json ? print_json(compared->diff) : print_text(compared->diff);
  const bool same = compared->diff.access.empty() && compared->diff.roles_added.empty() &&
                    compared->diff.roles_removed.empty();
  return same ? kOk : kFindings;
}

}  // namespace

void add_policy_diff(CLI::App& group, int& exit_code) {
  auto* verb = group.add_subcommand(
      "diff", "which statements changed, and for which actions access got wider or narrower");
  auto asked = std::make_shared<Asked>();
  verb->add_flag("--json", asked->json, "data as JSON");
  verb->add_option("old", asked->before, "a folder with strait.toml, or a policy file")->required();
  verb->add_option("new", asked->after, "likewise")->required();
  verb->footer(
      "Exits 3 when access changed, 0 when only names, order or layout did. Statements are "
      "compared "
      "one by one; `strait policy prove` knows what they come to together.");
  verb->callback([asked, &exit_code] { exit_code = diff(*asked); });
}

}  // namespace strait::programs
