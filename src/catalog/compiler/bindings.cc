// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/bindings.h"

#include <algorithm>
#include <array>

#include "catalog/catalog.h"

namespace strait::catalog::compiler {
namespace {

// Letters and digits only, in lower case: "DBInstanceIdentifier" and "db-instance-identifier" are
// one name.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : lower(text)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out += c;
  }
  return out;
}

// `name` without one of the endings that mean "what it is called".
std::string stem(std::string name) {
  for (const std::string_view ending : {"identifier", "arn", "name", "id"}) {
    if (name.size() > ending.size() && name.ends_with(ending)) {
      name.resize(name.size() - ending.size());
      break;
    }
  }
  return name;
}

// A string, or a list of strings, in an operation's input.
struct Candidate {
  std::string path;  // "Name", "Names[]", "Filter.Name"
  std::string name;  // plain, of the last member; of a list without its plural s
  bool list = false;
  bool nested = false;
};

class Candidates {
 public:
  Candidates(const Writer& pack, format::Index input) : pack_(pack) {
    add(input, "", false);
    const auto run = pack.members_of(input);
    for (auto at = run.first; at < run.first + run.count; ++at) {
      const auto& member = pack.members[at];
      if (kind(member.shape) == ShapeKind::kStructure)
        add(member.shape, std::string(pack.text(member.name)) + ".", true);
    }
  }

  // The only candidate that fits, top level before nested, single before list; null when none or
  // several nested do.
  const Candidate* find(auto fits) const {
    for (const auto& [list, nested] : {std::pair(false, false), {true, false}}) {
      for (const auto& candidate : all_) {
        if (candidate.list == list && candidate.nested == nested && fits(candidate.name))
          return &candidate;
      }
    }
    const Candidate* only = nullptr;
    for (const auto& candidate : all_) {
      if (!candidate.nested || candidate.list || !fits(candidate.name)) continue;
      if (only) return nullptr;
      only = &candidate;
    }
    return only;
  }

 private:
  ShapeKind kind(format::Index shape) const {
    return static_cast<ShapeKind>(pack_.shapes[shape].kind);
  }

  void add(format::Index structure, const std::string& before, bool nested) {
    const auto run = pack_.members_of(structure);
    for (auto at = run.first; at < run.first + run.count; ++at) {
      const auto& member = pack_.members[at];
      const auto name = std::string(pack_.text(member.name));
      if (kind(member.shape) == ShapeKind::kString)
        all_.push_back({before + name, plain(name), false, nested});
      if (kind(member.shape) != ShapeKind::kList) continue;
      const auto element = pack_.members[pack_.shapes[member.shape].first_member].shape;
      if (kind(element) != ShapeKind::kString) continue;
      auto single = plain(name);
      if (single.ends_with('s')) single.pop_back();
      all_.push_back({before + name + "[]", single, true, nested});
    }
  }

  const Writer& pack_;
  std::vector<Candidate> all_;
};

bool starts_with_verb(std::string_view name, std::span<const std::string_view> verbs) {
  return std::ranges::any_of(verbs, [&](std::string_view verb) {
    return name.starts_with(verb) && name.size() > verb.size() && name[verb.size()] >= 'A' &&
           name[verb.size()] <= 'Z';
  });
}

constexpr std::array<std::string_view, 12> kMakingVerbs = {
    "Create",  "Run",      "Allocate",  "Request", "Register", "Import",
    "Publish", "Purchase", "Provision", "Copy",    "Restore",  "Generate"};
constexpr std::array<std::string_view, 4> kListingVerbs = {"List", "Describe", "Search", "Scan"};

bool needs_something(const Writer& pack, format::Index input) {
  const auto run = pack.members_of(input);
  const auto members = std::span(pack.members).subspan(run.first, run.count);
  return std::ranges::any_of(members, [](const format::Member& member) {
    return (member.flags & format::kRequired) != 0;
  });
}

// Whether AWS judges the call on the pattern itself because what it makes has no name yet, or it is
// about all.
bool pattern_is_the_thing(const Writer& pack, const format::Operation& operation) {
  const auto name = pack.text(operation.name);
  if (starts_with_verb(name, kMakingVerbs)) return true;
  return starts_with_verb(name, kListingVerbs) && !needs_something(pack, operation.input);
}

const Candidate* find_arn(const Candidates& candidates, std::string_view type,
                          const std::vector<std::string>& variables) {
  const auto head = plain(type.substr(0, type.find('/')));  // "listener/app" is called listener
  for (const auto& base : {plain(type), head, stem(plain(variables.back()))}) {
    if (base.size() < 2) continue;
    if (const auto* own =
            candidates.find([&](const std::string& name) { return name == base + "arn"; }))
      return own;
  }
  constexpr std::array<std::string_view, 4> kGeneral = {"resourcearn", "arn", "resourceidentifier",
                                                        "targetarn"};
  for (const auto general : kGeneral) {
    const auto* found = candidates.find([&](const std::string& name) { return name == general; });
    if (found && !found->nested) return found;
  }
  return nullptr;
}

const Candidate* find_name(const Candidates& candidates, std::string_view type,
                           std::string_view variable) {
  const auto exact = plain(variable);
  if (const auto* same = candidates.find([&](const std::string& name) { return name == exact; })) {
    if (!same->nested || (exact != "id" && exact != "name" && exact != "identifier")) return same;
  }
  const auto of_variable = stem(exact);
  const auto of_type = plain(type);
  for (const auto& base : {of_variable, of_type}) {
    if (base.size() < 2) continue;
    const auto fits = [&](const std::string& name) {
      return name == base || name == base + "name" || name == base + "id" ||
             name == base + "identifier";
    };
    if (const auto* found = candidates.find(fits)) return found;
  }
  // A thing's own operations often call it just that.
  const auto* own = candidates.find([](const std::string& name) {
    return name == "name" || name == "id" || name == "identifier";
  });
  return own && !own->nested && !own->list ? own : nullptr;
}

// "Id" or "Name" alone names the thing only in the thing's own operations: GetDetector, not
// ListMembers.
bool about(std::string_view operation, std::string_view type) {
  const auto name = plain(operation);
  auto wanted = plain(type);
  if (name.ends_with(wanted)) return true;
  return wanted.size() > 3 && name.find(wanted) != std::string::npos;
}

}  // namespace

std::vector<std::string> variables_of(std::string_view pattern) {
  std::vector<std::string> variables;
  for (auto at = pattern.find("${"); at != std::string_view::npos;
       at = pattern.find("${", at + 2)) {
    const auto name = pattern.substr(at + 2, pattern.find('}', at) - at - 2);
    if (name == "Partition" || name == "Region" || name == "Account") continue;
    variables.emplace_back(name);
  }
  return variables;
}

Result<BoundVariable> parse_binding(const OverlayRow& row, std::string_view word) {
  const auto equals = word.find('=');
  if (equals == std::string_view::npos)
    return row_error(row, quoted(word) + " is not VARIABLE=path");
  return BoundVariable{std::string(word.substr(0, equals)), std::string(word.substr(equals + 1))};
}

Result<Binder> Binder::make(const Writer& pack, const Sources& sources, const Iam& iam) {
  Binder binder(pack);
  for (const auto& row : overlay_rows(sources, "bindings.txt")) {
    if (row.words.size() == 4 && row.words[0] == "pattern") {
      binder.patterns_[std::string(row.words[1]) + " " + std::string(row.words[2])] = row.words[3];
      continue;
    }
    if (row.words.size() < 3) return row_error(row, "needs a prefix, a resource type and bindings");
    const auto* service = iam.service(row.words[0]);
    const auto type =
        service ? service->patterns.find(row.words[1]) : decltype(service->patterns.find(""))();
    if (!service || type == service->patterns.end())
      return row_error(row, "there is no such resource type");
    const auto key = std::string(row.words[0]) + " " + std::string(row.words[1]);
    const auto pattern = binder.patterns_.contains(key) ? binder.patterns_[key] : type->second;
    const auto variables = variables_of(pattern);
    std::vector<BoundVariable> way;
    for (const auto word : std::span(row.words).subspan(2)) {
      TRY(auto bound, parse_binding(row, word));
      if (!bound.variable.empty() &&
          std::ranges::find(variables, bound.variable) == variables.end()) {
        return row_error(row, "its pattern is " + pattern + ", without " + quoted(bound.variable));
      }
      way.push_back(std::move(bound));
    }
    binder.ways_[std::string(row.words[0]) + " " + std::string(row.words[1])].push_back(
        std::move(way));
  }
  return binder;
}

std::vector<BoundResource> Binder::from_overlay(format::Index operation, std::string_view prefix,
                                                const BoundResource& plain_resource) const {
  std::vector<BoundResource> rows;
  const auto found = ways_.find(std::string(prefix) + " " + plain_resource.type);
  if (found == ways_.end()) return rows;
  const auto input = pack_.operations[operation].input;
  for (const auto& way : found->second) {
    const auto constant = [](const BoundVariable& bound) { return is_constant(bound.path); };
    const auto exists = [&](const BoundVariable& bound) {
      return constant(bound) || path_exists(pack_, input, bound.path);
    };
    if (!std::ranges::all_of(way, exists)) continue;
    auto& out = rows.emplace_back(plain_resource);
    out.bindings = way;
    out.constant = std::ranges::all_of(way, constant);
    const auto covers = [&](const std::string& variable) {
      return std::ranges::any_of(way, [&](const BoundVariable& bound) {
        return bound.variable.empty() || bound.variable == variable;
      });
    };
    out.derivable = std::ranges::all_of(variables_of(out.pattern), covers);
  }
  return rows;
}

// The pattern's variables from members called like them.
static BoundResource by_names(const Writer& pack, const format::Operation& record,
                              const Candidates& candidates, BoundResource out) {
  const bool star = pattern_is_the_thing(pack, record);
  const auto variables = variables_of(out.pattern);
  for (const auto& variable : variables) {
    const auto* found = find_name(candidates, out.type, variable);
    const auto general =
        found && (found->name == "name" || found->name == "id" || found->name == "identifier") &&
        found->name != plain(variable);
    const bool own = variable == variables.back() && about(pack.text(record.name), out.type);
    if (general && !own) found = nullptr;
    if (found) {
      out.bindings.push_back({variable, found->path});
      out.constant = false;
    } else {
      out.bindings.push_back({variable, star ? "=*" : ""});
      out.derivable = out.derivable && star;
    }
  }
  return out;
}

std::vector<BoundResource> Binder::bind(format::Index operation, std::string_view prefix,
                                        std::string_view type, std::string_view pattern) const {
  const auto replaced = patterns_.find(std::string(prefix) + " " + std::string(type));
  BoundResource out{std::string(type),
                    replaced == patterns_.end() ? std::string(pattern) : replaced->second,
                    {},
                    true,
                    true};
  if (variables_of(out.pattern).empty()) return {out};
  if (auto rows = from_overlay(operation, prefix, out); !rows.empty()) return rows;
  const auto& record = pack_.operations[operation];
  const Candidates candidates(pack_, record.input);
  std::vector<BoundResource> rows;
  const auto* arn = find_arn(candidates, type, variables_of(out.pattern));
  if (arn) {
    rows.push_back(out);
    rows.back().bindings.push_back({"", arn->path});
    rows.back().constant = false;
  }
  auto named = by_names(pack_, record, candidates, std::move(out));
  if (!arn || (named.derivable && !named.constant)) rows.push_back(std::move(named));
  return rows;
}

}  // namespace strait::catalog::compiler
