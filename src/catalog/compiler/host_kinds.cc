// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/host_kinds.h"

#include <algorithm>
#include <array>
#include <utility>

#include "catalog/compiler/overlay.h"

namespace strait::catalog::compiler {
namespace {

constexpr auto kNames = std::to_array<std::pair<std::string_view, HostKind>>({
    {"access-point", HostKind::kAccessPoint},
    {"outposts", HostKind::kOutposts},
    {"object-lambda", HostKind::kObjectLambda},
    {"multi-region", HostKind::kMultiRegion},
    {"accelerate", HostKind::kAccelerate},
    {"website", HostKind::kWebsite},
});

}  // namespace

Result<HostKinds> HostKinds::read(const Writer& pack, const Sources& sources) {
  HostKinds kinds;
  for (const auto& row : overlay_rows(sources, "host-kinds.txt")) {
    if (row.words.size() != 3) return row_error(row, "needs a service, a first label and a kind");
    TRY(const auto service, find_service(pack, row, row.words[0]));
    const auto named = std::ranges::find(kNames, row.words[2], [](auto& one) { return one.first; });
    if (named == kNames.end()) return row_error(row, "has a kind that is not known");
    auto label = row.words[1];
    const bool begins = label.ends_with('*');
    if (begins) label.remove_suffix(1);
    kinds.rules_.push_back({service, std::string(label), begins, named->second});
  }
  return kinds;
}

HostKind HostKinds::of(format::Index service, std::string_view host) {
  const auto label = host.substr(0, host.find('.'));
  for (auto& rule : rules_) {
    if (rule.service != service) continue;
    if (rule.begins ? !label.starts_with(rule.label) : label != rule.label) continue;
    rule.used = true;
    return rule.kind;
  }
  return HostKind::kPlain;
}

Status HostKinds::check_all_used() const {
  const auto idle = std::ranges::find(rules_, false, &Rule::used);
  if (idle == rules_.end()) return {};
  return fail(ErrorCode::kInvalidConfiguration,
              "host-kinds.txt: no host of the service begins with " + quoted(idle->label));
}

}  // namespace strait::catalog::compiler
