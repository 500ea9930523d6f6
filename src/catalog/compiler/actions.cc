// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/actions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "catalog/catalog.h"
#include "catalog/compiler/action_overlay.h"
#include "catalog/compiler/bindings.h"
#include "catalog/compiler/by_name.h"
#include "catalog/compiler/context_keys.h"
#include "catalog/compiler/differences.h"
#include "catalog/compiler/iam.h"
#include "catalog/compiler/overlay.h"
#include "catalog/compiler/passing.h"
#include "catalog/compiler/tagging.h"
#include "catalog/compiler/vocabulary.h"

namespace strait::catalog::compiler {
namespace {

// The ways to name a thing of one resource type.
using Ways = std::vector<BoundResource>;

bool names_it(const BoundResource& resource) { return resource.derivable && !resource.constant; }
bool derivable(const Ways& ways) { return std::ranges::any_of(ways, &BoundResource::derivable); }

// The member that a path leads to, however it is read.
std::string member_of(const BoundVariable& bound) {
  return bound.path.substr(0, bound.path.find_first_of("|?"));
}

std::set<std::string> members_of(const Ways& ways) {
  std::set<std::string> members;
  for (const auto& resource : ways) {
    for (const auto& bound : resource.bindings) {
      if (bound.path != "*") members.insert(member_of(bound));
    }
  }
  return members;
}

// A thing of a type that the input has no member for.
Draft unnamed(Draft draft, BoundResource resource) {
  draft.trigger = Trigger::kMay;
  draft.resources = {std::move(resource)};
  return draft;
}

class Drafter {
 public:
  Drafter(const Writer& pack, const Iam& iam, const Binder& binder)
      : pack_(pack), iam_(iam), binder_(binder) {}

  // The rows of `action` for `operation`: one for each group of required resource types that are
  // alternatives of each other (they are filled from the same members), one for each optional type
  // that the input can name.
  std::vector<Draft> draft(format::Index operation, std::string_view action) const {
    const auto* known = iam_.action(action);
    const auto prefix = action.substr(0, action.find(':'));
    const Draft base{known ? fmt::format("{}:{}", prefix, known->name) : std::string(action),
                     known ? known->access_level : "",
                     Trigger::kAlways,
                     "",
                     {}};
    std::vector<Ways> required, optional;
    for (const auto& type : known ? known->types : std::vector<IamType>{}) {
      const auto* service = iam_.service(prefix);
      const auto pattern = service->patterns.find(type.name);
      if (pattern == service->patterns.end()) continue;
      auto bound = binder_.bind(operation, prefix, type.name, pattern->second);
      (type.required ? required : optional).push_back(std::move(bound));
    }
    if (required.empty()) return {with(base, from_optional(operation, optional))};
    auto drafts = from_required(base, std::move(required));
    add_optional(drafts, base, optional);
    return drafts;
  }

  auto owners(format::Index operation) const { return binder_.owners(operation); }

 private:
  static Draft with(Draft draft, std::vector<BoundResource> resources) {
    draft.resources = std::move(resources);
    return draft;
  }

  // Whether every call has what fills the resource.
  bool always_filled(format::Index operation, const BoundResource& resource) const {
    return names_it(resource) &&
           std::ranges::all_of(resource.bindings, [&](const BoundVariable& bound) {
             if (bound.path.find('?') != std::string::npos) return true;
             const auto name =
                 std::string_view(bound.path).substr(0, bound.path.find_first_of(".[{|"));
             const auto member = pack_.member_named(pack_.operations[operation].input, name);
             return member != format::kNone &&
                    (pack_.members[member].flags & format::kRequired) != 0;
           });
  }

  std::vector<BoundResource> from_optional(format::Index operation,
                                           const std::vector<Ways>& types) const {
    if (types.empty()) return {everything(true)};
    std::vector<BoundResource> rows;
    for (const auto& ways : types) std::ranges::copy_if(ways, std::back_inserter(rows), names_it);
    if (types.size() == 1 && !rows.empty()) return rows;
    const auto filled = [&](const BoundResource& resource) {
      return always_filled(operation, resource);
    };
    if (!std::ranges::any_of(rows, filled)) {
      rows.insert(rows.begin(), everything(false));  // what stays when the input names none of them
    }
    return rows;
  }

  static std::vector<Draft> from_required(const Draft& base, std::vector<Ways> types) {
    std::vector<Draft> drafts, others;
    std::map<std::set<std::string>, std::size_t> groups;
    const bool some = std::ranges::any_of(
        types, [](const Ways& ways) { return std::ranges::any_of(ways, names_it); });
    for (auto& ways : types) {
      // Of several required types where only some can be named the others may be alternatives, or
      // judged as well: the reference does not tell. So a Deny on one of them counts.
      if (some && (!derivable(ways) || ways.front().bindings.empty())) {
        others.push_back(unnamed(base, std::move(ways.front())));
        continue;
      }
      const auto [group, fresh] = groups.emplace(members_of(ways), drafts.size());
      if (fresh) drafts.push_back(with(base, {}));
      auto& resources = drafts[group->second].resources;
      resources.insert(resources.end(), ways.begin(), ways.end());
    }
    drafts.insert(drafts.end(), others.begin(), others.end());
    return drafts;
  }

  static void add_optional(std::vector<Draft>& drafts, const Draft& base,
                           const std::vector<Ways>& types) {
    std::set<std::string> taken;
    for (const auto& draft : drafts) taken.merge(members_of(draft.resources));
    for (const auto& ways : types) {
      for (const auto& resource : ways) {
        if (!names_it(resource)) continue;
        std::string only;
        for (const auto& bound : resource.bindings) {
          if (!is_constant(bound.path) && !taken.contains(member_of(bound)))
            only = member_of(bound);
        }
        if (only.empty()) continue;
        auto draft = with(base, {resource});
        draft.trigger = Trigger::kMemberPresent;
        draft.member = std::move(only);
        drafts.push_back(std::move(draft));
      }
    }
  }

  const Writer& pack_;
  const Iam& iam_;
  const Binder& binder_;
};

// API Gateway's actions are HTTP verbs on the path of the call: apigateway:GET on /restapis/abc.
Draft verb_draft(const Writer& pack, format::Index operation) {
  const auto& record = pack.operations[operation];
  Draft draft{fmt::format("apigateway:{}", pack.text(record.method)), "", Trigger::kAlways, "", {}};
  BoundResource resource{"path", "arn:${Partition}:apigateway:${Region}::", {}, true, true};
  auto uri = pack.text(record.uri);
  uri = uri.substr(0, uri.find('?'));
  while (!uri.empty()) {
    const auto open = std::min(uri.find('{'), uri.size());
    resource.pattern += uri.substr(0, open);
    uri.remove_prefix(open);
    if (uri.empty()) break;
    const auto close = uri.find('}');
    auto label = uri.substr(1, close - 1);
    if (label.ends_with('+')) label.remove_suffix(1);
    uri.remove_prefix(close + 1);
    resource.pattern += fmt::format("${{{}}}", label);
    const auto run = pack.members_of(record.input);
    for (auto at = run.first; at < run.first + run.count; ++at) {
      const auto& member = pack.members[at];
      if (pack.text(member.location_name != 0 ? member.location_name : member.name) != label)
        continue;
      resource.bindings.push_back({std::string(label), std::string(pack.text(member.name))});
      resource.constant = false;
    }
  }
  draft.resources.push_back(std::move(resource));
  return draft;
}

class Assembler {
 public:
  Assembler(Writer& pack, const Iam& iam, const Iam& dependencies, const Drafter& drafter,
            const ActionOverlay& overlay, const Tagging& tagging, const Passing& passing)
      : pack_(pack),
        iam_(iam),
        dependencies_(dependencies),
        drafter_(drafter),
        overlay_(overlay),
        tagging_(tagging),
        passing_(passing),
        by_name_(pack, iam) {}

  Result<ActionNotes> run() {
    std::vector<std::vector<Draft>> all;
    for (format::Index at = 0; at < pack_.operations.size(); ++at) {
      by_name_.show(at, all.emplace_back(main_rows(at)));
    }
    for (format::Index at = 0; at < pack_.operations.size(); ++at) {
      if (all[at].empty()) add_by_name(at, all[at]);
      if (!all[at].empty()) CHECK_OK(complete(at, all[at]));
      write(at, all[at]);
    }
    return std::move(notes_);
  }

 private:
  std::string_view prefix_of(format::Index operation) const {
    return pack_.text(pack_.services[pack_.operations[operation].service].iam_prefix);
  }

  std::vector<Draft> main_rows(format::Index operation) const {
    if (const auto* rows = overlay_.rows(operation)) return *rows;
    const auto prefix = prefix_of(operation);
    const auto name = pack_.text(pack_.operations[operation].name);
    if (iam_.action(prefix, name))
      return drafter_.draft(operation, fmt::format("{}:{}", prefix, name));
    if (prefix == "apigateway") return {verb_draft(pack_, operation)};
    return {};
  }

  // An operation that nothing published maps: its own name as the action, and every published
  // action that it may be judged as instead; what it is on is not known.
  void add_by_name(format::Index operation, std::vector<Draft>& drafts) {
    if (const auto why = by_name_.why_not(operation); !why.empty()) {
      notes_.without.emplace(operation, why);
      return;
    }
    notes_.by_name.insert(operation);
    const auto name = pack_.text(pack_.operations[operation].name);
    drafts.push_back({fmt::format("{}:{}", prefix_of(operation), name),
                      "",
                      Trigger::kAlways,
                      "",
                      {everything(false)}});
    for (const auto& action : by_name_.variants(operation)) {
      auto more = drafter_.draft(operation, action);
      drafts.insert(drafts.end(), more.begin(), more.end());
    }
  }

  Status complete(format::Index operation, std::vector<Draft>& drafts) {
    overlay_.append_additions(operation, drafts);
    tagging_.add(operation, drafts);
    CHECK_OK(passing_.add(operation, drafts));
    add_possible(drafts);
    return {};
  }

  // What the reference lists besides: known to be possible, not known when.
  void add_possible(std::vector<Draft>& drafts) const {
    const auto* older = dependencies_.action(drafts.front().action);
    if (!older) return;
    for (const auto& action : older->dependent) {
      const auto has = [&](const Draft& draft) { return draft.action == action; };
      if (std::ranges::any_of(drafts, has) || !iam_.action(action)) continue;
      drafts.push_back(
          {action, iam_.action(action)->access_level, Trigger::kMay, "", {everything(false)}});
    }
  }

  void write(format::Index operation, const std::vector<Draft>& drafts) {
    const auto first = pack_.rows.size();
    std::vector<format::Row> rows;
    const auto owners = drafter_.owners(operation);
    for (const auto& draft : drafts) {
      rows.push_back({pack_.str(draft.action), pack_.str(draft.member),
                      pack_.str(draft.access_level), write_resources(draft.resources, owners),
                      static_cast<std::uint32_t>(draft.trigger)});
    }
    pack_.rows.insert(pack_.rows.end(), rows.begin(), rows.end());
    pack_.operations[operation].rows = Writer::run(first, pack_.rows.size());
  }

  format::Run write_resources(const std::vector<BoundResource>& resources,
                              const std::vector<std::string>& owners) {
    const auto first = pack_.resources.size();
    for (const auto& resource : resources) {
      const auto first_binding = pack_.bindings.size();
      for (const auto& member : owners)
        pack_.bindings.push_back({pack_.str("Account"), pack_.str(member)});
      for (const auto& bound : resource.bindings)
        pack_.bindings.push_back({pack_.str(bound.variable), pack_.str(bound.path)});
      pack_.resources.push_back(
          {pack_.str(resource.type), pack_.str(resource.pattern),
           Writer::run(first_binding, pack_.bindings.size()),
           resource.elsewhere | (resource.derivable ? format::kDerivable : 0u)});
    }
    return Writer::run(first, pack_.resources.size());
  }

  Writer& pack_;
  const Iam& iam_;
  const Iam& dependencies_;
  const Drafter& drafter_;
  const ActionOverlay& overlay_;
  const Tagging& tagging_;
  const Passing& passing_;
  ByName by_name_;
  ActionNotes notes_;
};

}  // namespace

Result<ActionNotes> add_actions(Writer& pack, const Sources& sources) {
  TRY(const auto iam, Iam::parse(sources.iam));
  TRY(const auto dependencies, Iam::parse(sources.dependencies));
  TRY(const auto binder, Binder::make(pack, sources, iam));
  TRY(const auto tagging, Tagging::make(pack, sources, iam));
  TRY(const auto passing, Passing::make(pack, sources, dependencies));
  const Drafter drafter(pack, iam, binder);
  ActionOverlay overlay(pack, iam, [&](format::Index operation, std::string_view action) {
    return drafter.draft(operation, action);
  });
  for (const auto& row : overlay_rows(sources, "actions.txt")) CHECK_OK(overlay.add(row));
  TRY(auto notes, Assembler(pack, iam, dependencies, drafter, overlay, tagging, passing).run());
  CHECK_OK(check_differences(pack, sources, iam, dependencies));
  CHECK_OK(add_context_keys(pack, sources, iam));
  CHECK_OK(add_vocabulary(pack, sources, iam));
  return notes;
}

}  // namespace strait::catalog::compiler
