// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/tagging.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "catalog/compiler/overlay.h"

namespace strait::catalog::compiler {
namespace {

constexpr std::array<std::string_view, 6> kMembers = {
    "tags", "taglist", "tagslist", "tagspecifications", "tagspecification", "resourcetags"};

// CreateBackupVault: BackupVault.
std::string_view thing_of(std::string_view operation) {
  const auto end =
      std::ranges::find_if(operation.substr(std::min<std::size_t>(1, operation.size())),
                           [](char c) { return c >= 'A' && c <= 'Z'; });
  return {end, operation.end()};
}

bool reads(const Draft& draft, std::string_view operation) {
  if (!draft.access_level.empty())
    return draft.access_level == "Read" || draft.access_level == "List" ||
           draft.access_level == "Tagging";
  constexpr std::array<std::string_view, 6> kVerbs = {"Get",    "List",     "Describe",
                                                      "Search", "BatchGet", "Query"};
  return std::ranges::any_of(kVerbs,
                             [&](std::string_view verb) { return operation.starts_with(verb); });
}

// The rows that are always needed, as the things that a further action is on.
std::vector<BoundResource> things(const std::vector<Draft>& drafts) {
  for (const auto& draft : drafts) {
    if (draft.trigger == Trigger::kAlways) return draft.resources;
  }
  return drafts.front().resources;
}

// EC2 says for each kind of thing that a call makes which tags it gets.
Draft ec2_tags() {
  BoundResource made{"",
                     "arn:${Partition}:ec2:${Region}:${Account}:${Type}/${Id}",
                     {{"Type", "TagSpecifications[].ResourceType"}, {"Id", "=*"}},
                     true,
                     false};
  return {
      "ec2:CreateTags", "Tagging", Trigger::kMemberPresent, "TagSpecifications", {std::move(made)}};
}

}  // namespace

Result<Tagging> Tagging::make(const Writer& pack, const Sources& sources, const Iam& iam) {
  Tagging tagging(pack, iam);
  for (const auto& row : overlay_rows(sources, "tagging.txt")) {
    const auto& words = row.words;
    if (words.size() < 2 || words.size() > 4)
      return row_error(row, "is neither `prefix action` nor `service Operation action [member]`");
    const auto action = words.size() == 2 ? words[1] : words[2];
    if (action != "none" && !iam.action(action))
      return row_error(row, "there is no action " + quoted(action));
    auto name = action == "none" ? std::string() : std::string(action);
    if (words.size() == 2) {
      if (!iam.service(words[0])) return row_error(row, "there is no prefix " + quoted(words[0]));
      tagging.by_prefix_[std::string(words[0])] = std::move(name);
      continue;
    }
    TRY(const auto operation, find_operation(pack, row, words[0], words[1]));
    const auto member = words.size() == 4 ? words[3] : std::string_view();
    if (!path_exists(pack, pack.operations[operation].input, member))
      return row_error(row, "the input has no " + quoted(member));
    tagging.by_operation_[operation] = {std::move(name), std::string(member)};
  }
  return tagging;
}

std::string_view Tagging::prefix_of(format::Index operation) const {
  return pack_.text(pack_.services[pack_.operations[operation].service].iam_prefix);
}

std::string Tagging::action_for(format::Index operation) const {
  const auto prefix = prefix_of(operation);
  if (const auto known = by_prefix_.find(prefix); known != by_prefix_.end()) return known->second;
  const auto own = fmt::format("Tag{}", thing_of(pack_.text(pack_.operations[operation].name)));
  for (const std::string_view name :
       {std::string_view(own), std::string_view("TagResource"),
        std::string_view("AddTagsToResource"), std::string_view("AddTags"),
        std::string_view("CreateTags")}) {
    if (const auto* action = iam_.action(prefix, name))
      return fmt::format("{}:{}", prefix, action->name);
  }
  return "";
}

// The top-level list or map of tags: called so, or after the thing (BackupPlanTags of
// CreateBackupPlan).
std::string Tagging::member_for(format::Index operation) const {
  const auto& record = pack_.operations[operation];
  const auto name = lower(pack_.text(record.name));
  const auto run = pack_.members_of(record.input);
  for (auto at = run.first; at < run.first + run.count; ++at) {
    const auto& member = pack_.members[at];
    const auto kind = static_cast<ShapeKind>(pack_.shapes[member.shape].kind);
    if (kind != ShapeKind::kList && kind != ShapeKind::kMap && kind != ShapeKind::kStructure)
      continue;
    const auto plain = lower(pack_.text(member.name));
    const bool general = std::ranges::find(kMembers, plain) != kMembers.end();
    const bool own = plain.ends_with("tags") &&
                     name.ends_with(std::string_view(plain).substr(0, plain.size() - 4));
    if (general || own) return std::string(pack_.text(member.name));
  }
  return "";
}

void Tagging::add(format::Index operation, std::vector<Draft>& drafts) const {
  const auto name = pack_.text(pack_.operations[operation].name);
  std::string action, member;
  if (const auto known = by_operation_.find(operation); known != by_operation_.end()) {
    std::tie(action, member) = known->second;
    if (action.empty()) return;
  } else if (name.find("Tag") != std::string_view::npos || reads(drafts.front(), name)) {
    return;
  }
  if (action.empty()) action = action_for(operation);
  if (member.empty()) member = member_for(operation);
  const auto has = [&](const Draft& draft) { return draft.action == action; };
  if (action.empty() || member.empty() || std::ranges::any_of(drafts, has)) return;
  if (action == "ec2:CreateTags" && member == "TagSpecifications") {
    drafts.push_back(ec2_tags());
    return;
  }
  const bool own = action.starts_with(fmt::format("{}:", prefix_of(operation)));
  drafts.push_back({action, iam_.action(action)->access_level, Trigger::kMemberPresent, member,
                    own ? things(drafts) : std::vector{everything(false)}});
}

}  // namespace strait::catalog::compiler
