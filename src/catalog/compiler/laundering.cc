// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/laundering.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/compiler/iam.h"

namespace strait::catalog::compiler {
namespace {

// Names, in lower case, of text members that hold code, a template or a policy.
constexpr std::array<std::string_view, 24> kMembers = {
    "code",         "script",         "scripts",
    "command",      "commands",       "userdata",
    "sql",          "sqls",           "sqlstatement",
    "templatebody", "templateurl",    "querystring",
    "statement",    "zipfile",        "imageuri",
    "entrypoint",   "buildspec",      "jarlocation",
    "policy",       "policydocument", "policytext",
    "trustpolicy",  "resourcepolicy", "assumerolepolicydocument",
};

constexpr std::array<std::string_view, 8> kReadingVerbs = {
    "Get", "List", "Describe", "Search", "BatchGet", "Lookup", "Query", "Validate"};

bool begins(std::string_view name, std::string_view verb) {
  return name.starts_with(verb) && name.size() > verb.size() && name[verb.size()] >= 'A' &&
         name[verb.size()] <= 'Z';
}

bool called_like_running(std::string_view name) {
  if (name == "Invoke" || begins(name, "Invoke") || begins(name, "Execute") || begins(name, "Run"))
    return true;
  if (begins(name, "Evaluate") && name.ends_with("Code")) return true;
  if (begins(name, "Send")) return name.ends_with("Command");
  if (!begins(name, "Start")) return false;
  return name.ends_with("Query") || name.ends_with("Command") || name.ends_with("Execution");
}

bool only_reads(std::string_view name, std::string_view level) {
  if (!level.empty()) return level == "Read" || level == "List" || level == "Tagging";
  return std::ranges::any_of(kReadingVerbs,
                             [&](std::string_view verb) { return begins(name, verb); });
}

// The first member below `shape` of a telling name that holds text, breadth first; "" for none.
std::string telling_member(const Writer& pack, format::Index shape) {
  std::vector<format::Index> waiting = {shape};
  std::set<format::Index> seen = {shape};
  for (std::size_t at = 0; at < waiting.size(); ++at) {
    const auto& record = pack.shapes[waiting[at]];
    const auto kind = static_cast<ShapeKind>(record.kind);
    const auto count = kind == ShapeKind::kMap    ? 2u
                       : kind == ShapeKind::kList ? 1u
                                                  : record.member_count;
    const bool entered =
        kind == ShapeKind::kMap || kind == ShapeKind::kList || kind == ShapeKind::kStructure;
    for (auto place = record.first_member; entered && place < record.first_member + count;
         ++place) {
      const auto& member = pack.members[place];
      auto target = member.shape;
      while (static_cast<ShapeKind>(pack.shapes[target].kind) == ShapeKind::kList)
        target = pack.members[pack.shapes[target].first_member].shape;
      const auto holds = static_cast<ShapeKind>(pack.shapes[target].kind);
      const auto name = lower(pack.text(member.name));
      if ((holds == ShapeKind::kString || holds == ShapeKind::kBlob) &&
          std::ranges::find(kMembers, name) != kMembers.end())
        return std::string(pack.text(member.name));
      if (seen.insert(target).second) waiting.push_back(target);
    }
  }
  return "";
}

}  // namespace

std::string laundering_suspicion(const Writer& pack, const format::Operation& operation,
                                 std::string_view level) {
  const auto name = pack.text(operation.name);
  if (level != "List" && called_like_running(name)) return "is called like something that runs";
  if (operation.input == format::kNone || only_reads(name, level)) return "";
  const auto member = telling_member(pack, operation.input);
  return member.empty() ? "" : fmt::format("takes `{}`", member);
}

}  // namespace strait::catalog::compiler
