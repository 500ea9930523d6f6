// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/actions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "catalog/catalog.h"
#include "catalog/compiler/bindings.h"
#include "catalog/compiler/iam.h"
#include "catalog/compiler/overlay.h"
#include "catalog/compiler/roles.h"

namespace strait::catalog::compiler {
namespace {

// One action row before it is written.
struct Draft {
  std::string action, access_level;
  Trigger trigger = Trigger::kAlways;
  std::string member;
  std::vector<BoundResource> resources;
};

BoundResource everything(bool known) { return {"", "*", {}, known, true}; }

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

// overlay/actions.txt, one row: service operation action [if|unless|partiql|role PATH] [may] [on
// TYPE VAR=path ...]
class ActionOverlay {
 public:
  ActionOverlay(const Writer& pack, const Iam& iam, const Drafter& drafter)
      : pack_(pack), iam_(iam), drafter_(drafter) {}

  Status add(const OverlayRow& row) {
    if (row.words.size() < 3) return row_error(row, "needs a service, an operation and an action");
    TRY(const auto operation, find_operation(pack_, row, row.words[0], row.words[1]));
    auto action = std::string(row.words[2]);
    const bool more = action.starts_with('+');
    if (more) action.erase(0, 1);
    auto& drafts = more ? additions_[operation] : by_operation_[operation];
    if (action == "none") return {};
    if (!iam_.action(action) && row.words.back() != "unlisted")
      return row_error(row, "there is no action " + quoted(action));
    auto made = drafter_.draft(operation, action);
    CHECK_OK(apply_words(row, operation, made));
    drafts.insert(drafts.end(), made.begin(), made.end());
    return {};
  }

  const std::vector<Draft>* rows(format::Index operation) const {
    const auto found = by_operation_.find(operation);
    return found == by_operation_.end() ? nullptr : &found->second;
  }

  // What comes to the rows that the rule makes.
  void append_additions(format::Index operation, std::vector<Draft>& drafts) const {
    const auto found = additions_.find(operation);
    if (found != additions_.end())
      drafts.insert(drafts.end(), found->second.begin(), found->second.end());
  }

 private:
  Status apply_words(const OverlayRow& row, format::Index operation,
                     std::vector<Draft>& made) const {
    const auto input = pack_.operations[operation].input;
    for (std::size_t at = 3; at < row.words.size(); ++at) {
      const auto word = row.words[at];
      if (word == "unlisted") continue;
      if (word == "may") {
        for (auto& draft : made) draft.trigger = Trigger::kMay;
        continue;
      }
      if (at + 1 == row.words.size())
        return row_error(row, quoted(word) + " needs something after it");
      if (word == "on") return apply_on(row, input, at + 1, made);
      const auto path = row.words[++at];
      if (!path_exists(pack_, input, path))
        return row_error(row, "the input has no " + quoted(path));
      TRY(const auto trigger, trigger_named(row, word));
      for (auto& draft : made) {
        if (draft.trigger == Trigger::kMay) continue;
        draft.trigger = trigger;
        draft.member = path;
      }
    }
    return {};
  }

  static Result<Trigger> trigger_named(const OverlayRow& row, std::string_view word) {
    if (word == "if") return Trigger::kMemberPresent;
    if (word == "unless") return Trigger::kMemberAbsent;
    if (word == "partiql") return Trigger::kPartiql;
    if (word == "role") return Trigger::kRoleArn;
    return row_error(row, quoted(word) + " is not one of if, unless, partiql, role, may, on");
  }

  // `on TYPE VAR=path ...`, to the end of the row; `on ... on ...` gives alternatives.
  Status apply_on(const OverlayRow& row, format::Index input, std::size_t at,
                  std::vector<Draft>& made) const {
    std::vector<BoundResource> resources;
    auto prefix = row.words[2].substr(0, row.words[2].find(':'));
    if (prefix.starts_with('+')) prefix.remove_prefix(1);
    for (; at < row.words.size(); at += 2) {  // past the `on` between two of them
      BoundResource resource{std::string(row.words[at]), "*", {}, true, true};
      if (row.words[at].starts_with("arn:")) {
        resource.pattern = row.words[at];
        resource.type.clear();
      } else if (row.words[at] != "*") {
        const auto* service = iam_.service(prefix);
        const auto pattern = service ? service->patterns.find(row.words[at])
                                     : decltype(service->patterns.find(""))();
        if (!service || pattern == service->patterns.end())
          return row_error(row, "there is no resource type " + quoted(row.words[at]));
        resource.pattern = pattern->second;
      }
      while (at + 1 < row.words.size() && row.words[at + 1] != "on") {
        TRY(auto bound, parse_binding(row, row.words[++at]));
        if (bound.path.empty()) resource.derivable = false;
        if (!bound.path.empty() && !is_constant(bound.path)) {
          if (!path_exists(pack_, input, bound.path))
            return row_error(row, "the input has no " + quoted(bound.path));
          resource.constant = false;
        }
        resource.bindings.push_back(std::move(bound));
      }
      for (const auto& variable : variables_of(resource.pattern)) {
        const auto fills = [&](const BoundVariable& bound) {
          return bound.variable.empty() || bound.variable == variable;
        };
        if (std::ranges::any_of(resource.bindings, fills)) continue;
        resource.bindings.push_back({variable, ""});
        resource.derivable = false;
      }
      resources.push_back(std::move(resource));
    }
    made.resize(1);
    made.front().resources = std::move(resources);
    return {};
  }

  const Writer& pack_;
  const Iam& iam_;
  const Drafter& drafter_;
  std::map<format::Index, std::vector<Draft>> by_operation_, additions_;
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
            const ActionOverlay& overlay)
      : pack_(pack), iam_(iam), dependencies_(dependencies), drafter_(drafter), overlay_(overlay) {}

  void assemble(format::Index operation) {
    auto drafts = main_rows(operation);
    if (!drafts.empty()) {
      overlay_.append_additions(operation, drafts);
      add_tagging(operation, drafts);
      add_roles(operation, drafts);
      add_possible(drafts);
    }
    write(operation, drafts);
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

  // The rows that are always needed, as the things that a further action is on.
  static std::vector<BoundResource> things(const std::vector<Draft>& drafts) {
    for (const auto& draft : drafts) {
      if (draft.trigger == Trigger::kAlways) return draft.resources;
    }
    return drafts.front().resources;
  }

  // Making a thing with tags on it needs the tagging action too.
  void add_tagging(format::Index operation, std::vector<Draft>& drafts) const {
    const auto name = pack_.text(pack_.operations[operation].name);
    const auto prefix = prefix_of(operation);
    if (name.find("Tag") != std::string_view::npos || overlay_.rows(operation)) return;
    if (drafts.front().access_level != "Write") return;
    if (prefix == "ec2") return add_ec2_tagging(operation, drafts);
    const auto* action = iam_.action(prefix, prefix == "ec2"   ? "CreateTags"
                                             : prefix == "sqs" ? "TagQueue"
                                                               : "TagResource");
    if (!action) return;
    for (const std::string_view member :
         {"Tags", "tags", "TagList", "TagSpecifications", "TagSpecification", "tagList"}) {
      if (pack_.member_named(pack_.operations[operation].input, member) == format::kNone) continue;
      drafts.push_back({fmt::format("{}:{}", prefix, action->name), action->access_level,
                        Trigger::kMemberPresent, std::string(member), things(drafts)});
      return;
    }
  }

  // EC2 says for each kind of thing that a call makes which tags it gets.
  void add_ec2_tagging(format::Index operation, std::vector<Draft>& drafts) const {
    if (pack_.member_named(pack_.operations[operation].input, "TagSpecifications") == format::kNone)
      return;
    BoundResource made{"",
                       "arn:${Partition}:ec2:${Region}:${Account}:${Type}/${Id}",
                       {{"Type", "TagSpecifications[].ResourceType"}, {"Id", "=*"}},
                       true,
                       false};
    drafts.push_back({"ec2:CreateTags",
                      "Tagging",
                      Trigger::kMemberPresent,
                      "TagSpecifications",
                      {std::move(made)}});
  }

  void add_roles(format::Index operation, std::vector<Draft>& drafts) const {
    const auto prefix = prefix_of(operation);
    if (prefix == "iam" || prefix == "sts" || prefix == "sso") return;
    const auto passes = [](const Draft& draft) { return draft.trigger == Trigger::kRoleArn; };
    if (std::ranges::any_of(drafts, passes)) return;  // the overlay has said which
    const auto& level = drafts.front().access_level;
    const auto* older = dependencies_.action(drafts.front().action);
    const bool listed =
        older && std::ranges::find(older->dependent, "iam:PassRole") != older->dependent.end();
    if ((level == "Read" || level == "List" || level == "Tagging") && !listed) return;
    for (const auto& path : role_paths(pack_, pack_.operations[operation].input)) {
      BoundResource role{"role",
                         "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}",
                         {{"", path}},
                         true,
                         false};
      drafts.push_back({"iam:PassRole", "Write", Trigger::kRoleArn, path, {std::move(role)}});
    }
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
};

void add_vocabulary(Writer& pack, const Iam& iam) {
  std::map<std::string, format::Action> sorted;
  for (const auto& [prefix, service] : iam.services()) {
    for (const auto& [name, action] : service.actions) {
      const auto full = fmt::format("{}:{}", prefix, action.name);
      const auto key = lower(full);
      sorted.emplace(
          key, format::Action{pack.str(key), pack.str(full), pack.str(action.access_level), 0});
    }
  }
  for (const auto& row : pack.rows) {  // actions that AWS uses and does not list
    const auto full = std::string(pack.text(row.action));
    const auto key = lower(full);
    sorted.emplace(key, format::Action{pack.str(key), pack.str(full), row.access_level, 0});
  }
  for (const auto& [key, action] : sorted) pack.actions.push_back(action);
}

}  // namespace

Status add_actions(Writer& pack, const Sources& sources) {
  TRY(const auto iam, Iam::parse(sources.iam));
  TRY(const auto dependencies, Iam::parse(sources.dependencies));
  TRY(const auto binder, Binder::make(pack, sources, iam));
  const Drafter drafter(pack, iam, binder);
  ActionOverlay overlay(pack, iam, drafter);
  for (const auto& row : overlay_rows(sources, "actions.txt")) CHECK_OK(overlay.add(row));
  Assembler assembler(pack, iam, dependencies, drafter, overlay);
  for (format::Index at = 0; at < pack.operations.size(); ++at) assembler.assemble(at);
  add_vocabulary(pack, iam);
  return {};
}

}  // namespace strait::catalog::compiler
