// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/bindings.h"

#include <algorithm>
#include <array>
#include <ranges>

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
      if (!bound.variable.empty() && bound.variable != "Region" &&
          std::ranges::find(variables, bound.variable) == variables.end()) {
        return row_error(row, "its pattern is " + pattern + ", without " + quoted(bound.variable));
      }
      way.push_back(std::move(bound));
    }
    binder.ways_[std::string(row.words[0]) + " " + std::string(row.words[1])].push_back(
        std::move(way));
  }
  CHECK_OK(binder.read_defaults(sources, iam));
  CHECK_OK(binder.read_owners(sources, iam));
  return binder;
}

// The pattern of a resource type; null when there is none.
static const std::string* pattern_of(const Iam& iam, std::string_view prefix,
                                     std::string_view type) {
  const auto* service = iam.service(prefix);
  if (!service) return nullptr;
  const auto found = service->patterns.find(type);
  return found == service->patterns.end() ? nullptr : &found->second;
}

Status Binder::read_defaults(const Sources& sources, const Iam& iam) {
  for (const auto& row : overlay_rows(sources, "defaults.txt")) {
    if (row.words.size() != 4) return row_error(row, "is not PREFIX TYPE VARIABLE TEXT");
    const auto* pattern = pattern_of(iam, row.words[0], row.words[1]);
    if (!pattern) return row_error(row, "there is no such resource type");
    const auto variables = variables_of(*pattern);
    if (std::ranges::find(variables, row.words[2]) == variables.end())
      return row_error(row, "its pattern is " + *pattern + ", without " + quoted(row.words[2]));
    defaults_[std::string(row.words[0]) + " " + std::string(row.words[1])].emplace_back(
        row.words[2], row.words[3]);
  }
  return {};
}

Status Binder::read_owners(const Sources& sources, const Iam& iam) {
  for (const auto& row : overlay_rows(sources, "owners.txt")) {
    if (row.words[0] == "member" && row.words.size() == 3) {
      CHECK_OK(find_service(pack_, row, row.words[1]));
      owners_.emplace(row.words[1], row.words[2]);
      continue;
    }
    if (row.words[0] != "other" || row.words.size() < 4)
      return row_error(row, "is neither `member SERVICE MEMBER` nor `other PREFIX TYPE WHAT ...`");
    if (!pattern_of(iam, row.words[1], row.words[2]))
      return row_error(row, "there is no such resource type");
    auto& flags = elsewhere_[std::string(row.words[1]) + " " + std::string(row.words[2])];
    for (const auto word : std::span(row.words).subspan(3)) {
      if (word != "account" && word != "region")
        return row_error(row, quoted(word) + " is neither account nor region");
      flags |= word == "account" ? format::kOtherAccount : format::kOtherRegion;
    }
  }
  return {};
}

std::vector<std::string> Binder::owners(format::Index operation) const {
  std::vector<std::string> members;
  const auto& record = pack_.operations[operation];
  const auto [first, last] = owners_.equal_range(pack_.text(pack_.services[record.service].name));
  for (const auto& [service, member] : std::ranges::subrange(first, last)) {
    if (path_exists(pack_, record.input, member)) members.push_back(member);
  }
  return members;
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

// Of the variables that one member would fill it fills the one called like it, else the first. The
// others are parts that the input does not tell: the version in "extension/${Id}/${Version}".
static void keep_one_of_each(BoundResource& resource, bool star) {
  auto& all = resource.bindings;
  for (const auto& bound : std::vector(all)) {
    if (bound.path.empty() || is_constant(bound.path)) continue;
    const auto member = plain(bound.path.substr(bound.path.rfind('.') + 1));
    const auto same = [&](const BoundVariable& other) { return other.path == bound.path; };
    auto keep = std::ranges::find_if(all, [&](const BoundVariable& other) {
      return same(other) && plain(other.variable) == member;
    });
    if (keep == all.end()) keep = std::ranges::find_if(all, same);
    for (auto at = all.begin(); at != all.end(); ++at) {
      if (at != keep && same(*at)) at->path = star ? "=*" : "*";
    }
  }
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
  keep_one_of_each(out, star);
  return out;
}

std::vector<BoundResource> Binder::bind(format::Index operation, std::string_view prefix,
                                        std::string_view type, std::string_view pattern) const {
  // The reference has two ARNs for some types, "arn:...:bot/${BotId}, arn:...:bot:${BotName}": one
  // for each generation of a service. The members' names tell which; else it can be either.
  const auto comma = pattern.find(", arn:");
  auto rows = ways_to_name(operation, prefix, type, pattern.substr(0, comma));
  if (comma != std::string_view::npos) {
    const auto others = bind(operation, prefix, type, pattern.substr(comma + 2));
    const auto by_its_name = [](const BoundResource& row) {
      return std::ranges::any_of(row.bindings, [](const BoundVariable& bound) {
        return !bound.variable.empty() && plain(bound.variable) == plain(bound.path);
      });
    };
    const bool first = std::ranges::any_of(rows, by_its_name);
    if (!first && std::ranges::any_of(others, by_its_name)) return others;
    if (!first) rows.insert(rows.end(), others.begin(), others.end());
  }
  const auto key = std::string(prefix) + " " + std::string(type);
  const auto elsewhere = elsewhere_.find(key);
  const auto defaults = defaults_.find(key);
  for (auto& row : rows) {
    if (elsewhere != elsewhere_.end()) row.elsewhere = elsewhere->second;
    if (defaults == defaults_.end()) continue;
    for (auto& bound : row.bindings) {
      const auto text = std::ranges::find(defaults->second, bound.variable,
                                          &std::pair<std::string, std::string>::first);
      const bool open = bound.path.empty() || is_constant(bound.path);
      if (text != defaults->second.end() && !open && bound.path.find('?') == std::string::npos)
        bound.path += "?" + text->second;
    }
  }
  return rows;
}

std::vector<BoundResource> Binder::ways_to_name(format::Index operation, std::string_view prefix,
                                                std::string_view type,
                                                std::string_view pattern) const {
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
