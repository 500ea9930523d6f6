// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/passing.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "catalog/compiler/overlay.h"

namespace strait::catalog::compiler {
namespace {

constexpr std::string_view kPassRole = "iam:PassRole";

bool passes_role(const Draft& draft) { return draft.trigger == Trigger::kRoleArn; }

// "Steps[].Settings.RoleArn": RoleArn.
std::string_view last_name(std::string_view path) {
  path = path.substr(0, path.find('|'));
  path = path.substr(path.rfind('.') + 1);
  return path.substr(0, path.find_first_of("[{"));
}

}  // namespace

Result<Passing> Passing::make(const Writer& pack, const Sources& sources, const Iam& dependencies) {
  Passing passing(pack, dependencies);
  for (const auto& row : overlay_rows(sources, "passed-to.txt")) {
    if (row.words.size() != 4) return row_error(row, "is not `prefix Operation Member principal`");
    const auto has_prefix = [&](const format::Service& service) {
      return pack.text(service.iam_prefix) == row.words[0];
    };
    if (std::ranges::none_of(pack.services, has_prefix))
      return row_error(row, "no service has the prefix " + quoted(row.words[0]));
    if (row.words[3] != "unknown" && !row.words[3].ends_with(".amazonaws.com"))
      return row_error(row, quoted(row.words[3]) + " is no service principal");
    passing.principals_.push_back(
        {std::string(row.words[0]), std::string(row.words[1]), std::string(row.words[2]),
         row.words[3] == "unknown" ? std::string() : std::string(row.words[3])});
  }
  return passing;
}

// What only reads passes nothing, unless the reference says so.
bool Passing::passes(std::string_view prefix, const Draft& main) const {
  if (prefix == "iam" || prefix == "sts" || prefix == "sso") return false;
  const auto* older = dependencies_.action(main.action);
  const bool listed =
      older && std::ranges::find(older->dependent, kPassRole) != older->dependent.end();
  const auto& level = main.access_level;
  return listed || (level != "Read" && level != "List" && level != "Tagging");
}

Status Passing::add(format::Index operation, std::vector<Draft>& drafts) const {
  const auto& record = pack_.operations[operation];
  const auto prefix = pack_.text(pack_.services[record.service].iam_prefix);
  if (std::ranges::none_of(drafts, passes_role) && passes(prefix, drafts.front())) {
    TRY(const auto paths, places_.in(record.input));
    for (const auto& path : paths) {
      BoundResource role{"role",
                         "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}",
                         {{"", path}},
                         true,
                         false};
      drafts.push_back(
          {std::string(kPassRole), "Write", Trigger::kRoleArn, path, {std::move(role)}});
    }
  }
  say_to_whom(operation, drafts);
  return {};
}

// As a further binding of the role: what iam:PassedToService is when this row is judged.
void Passing::say_to_whom(format::Index operation, std::vector<Draft>& drafts) const {
  const auto& record = pack_.operations[operation];
  const auto prefix = pack_.text(pack_.services[record.service].iam_prefix);
  for (auto& draft : drafts) {
    if (!passes_role(draft)) continue;
    const auto fits = [&](const Principal& one) {
      return one.prefix == prefix &&
             (one.operation == "*" || one.operation == pack_.text(record.name)) &&
             (one.member == "*" || one.member == last_name(draft.member));
    };
    const auto last_first = principals_ | std::views::reverse;
    const auto found = std::ranges::find_if(last_first, fits);
    if (found == last_first.end() || found->principal.empty()) continue;
    for (auto& role : draft.resources)
      role.bindings.push_back({"iam:PassedToService", "=" + found->principal});
  }
}

}  // namespace strait::catalog::compiler
