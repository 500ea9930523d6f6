// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/differences.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "catalog/catalog.h"
#include "catalog/compiler/overlay.h"

namespace strait::catalog::compiler {
namespace {

using Names = std::set<std::string>;

// Whether an action is one that tagging.h adds for tags in the input.
bool puts_tags(std::string_view action) {
  const auto name = action.substr(action.find(':') + 1);
  return std::ranges::any_of(
      std::array{"tag", "addtags", "createtags", "createorupdatetags", "settags"},
      [&](std::string_view verb) { return name.starts_with(verb); });
}

// "s3 GetObject +s3:GetObjectVersion"
Names differences_of(const Writer& pack, const format::Operation& operation, const Iam& iam,
                     const Iam& dependencies) {
  const auto& service = pack.services[operation.service];
  const auto own = fmt::format("{}:{}", pack.text(service.iam_prefix), pack.text(operation.name));
  const auto* action = iam.action(own);
  if (!action || operation.rows.count == 0) return {};
  Names published = {lower(own)};
  if (const auto* older = dependencies.action(own)) {
    for (const auto& name : older->dependent) {
      if (iam.action(name)) published.insert(lower(name));
    }
  }
  Names all, judged, unexplained;
  for (auto at = operation.rows.first; at < operation.rows.first + operation.rows.count; ++at) {
    const auto& row = pack.rows[at];
    const auto name = lower(pack.text(row.action));
    const auto trigger = static_cast<Trigger>(row.trigger);
    all.insert(name);
    if (trigger == Trigger::kMay) continue;
    judged.insert(name);
    const bool by_rule =
        trigger == Trigger::kRoleArn || (trigger == Trigger::kMemberPresent && puts_tags(name));
    if (!by_rule && !published.contains(name)) unexplained.insert(name);
  }
  Names out;
  const auto where = fmt::format("{} {}", pack.text(service.name), pack.text(operation.name));
  for (const auto& name : published) {
    if (!all.contains(name)) out.insert(fmt::format("{} -{}", where, name));
  }
  for (const auto& name : unexplained) out.insert(fmt::format("{} +{}", where, name));
  const std::string pass = "iam:passrole";
  if (published.contains(pass) && !judged.contains(pass))
    out.insert(fmt::format("{} ~{}", where, pass));
  return out;
}

}  // namespace

Status check_differences(const Writer& pack, const Sources& sources, const Iam& iam,
                         const Iam& dependencies) {
  std::map<std::string, OverlayRow> written;
  for (const auto& row : overlay_rows(sources, "differs.txt")) {
    if (row.words.size() != 3) return row_error(row, "is not `service Operation [+-~]action`");
    CHECK_OK(find_operation(pack, row, row.words[0], row.words[1]));
    written.emplace(fmt::format("{} {} {}", row.words[0], row.words[1], lower(row.words[2])), row);
  }
  Names unwritten;
  for (const auto& operation : pack.operations) {
    for (const auto& difference : differences_of(pack, operation, iam, dependencies)) {
      if (written.erase(difference) == 0) unwritten.insert(difference);
    }
  }
  if (!unwritten.empty()) {
    return fail(ErrorCode::kInvalidConfiguration,
                fmt::format("our actions are not those that are published; say why in "
                            "overlay/differs.txt:\n{}",
                            fmt::join(unwritten, "\n")));
  }
  if (!written.empty())
    return row_error(written.begin()->second, "there is no such difference from what is published");
  return {};
}

}  // namespace strait::catalog::compiler
