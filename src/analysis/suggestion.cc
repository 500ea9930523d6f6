// SPDX-License-Identifier: Apache-2.0
#include "analysis/suggestion.h"

#include <algorithm>
#include <array>

#include "analysis/policy_resource.h"
#include "codec/json.h"

namespace strait::analysis {
namespace {

// Keys worth a condition when they never change: each narrows what an action can do.
constexpr std::array kConstantKeys{
    std::string_view("aws:RequestedRegion"),
    std::string_view("iam:PassedToService"),
    std::string_view("s3:prefix"),
    std::string_view("s3:x-amz-acl"),
    std::string_view("ec2:InstanceType"),
    std::string_view("lambda:FunctionUrlAuthType"),
    std::string_view("dynamodb:Select"),
    std::string_view("sns:Protocol"),
    std::string_view("s3:x-amz-storage-class"),
    std::string_view("kms:EncryptionAlgorithm"),
    std::string_view("s3:x-amz-server-side-encryption"),
};

// Whether the ARN says its region, so that a condition on it would add nothing.
bool names_region(std::string_view resource) {
  std::size_t at = 0;
  for (int colons = 0; colons < 3; ++colons) {
    at = resource.find(':', at);
    if (at == std::string_view::npos) return false;
    ++at;
  }
  return at < resource.size() && resource[at] != ':' && resource[at] != '*';
}

// How many leading characters of an ARN a generalisation must leave alone: the first five parts,
// and in the sixth the thing itself: the bucket of an object, "type/name/" of anything else.
std::size_t fixed_head(std::string_view arn) {
  std::size_t at = 0;
  for (int colons = 0; colons < 5; ++colons) {
    at = arn.find(':', at);
    if (at == std::string_view::npos) return arn.size();
    ++at;
  }
  const int names = arn.starts_with("arn:aws:s3:::") || arn.find(":s3:::") != arn.npos ? 1 : 2;
  for (int name = 0; name < names; ++name) {
    at = arn.find('/', at);
    if (at == std::string_view::npos) return arn.size();
    ++at;
  }
  return at;
}

using Resources = std::set<std::string>;

// Families of `resources` that differ only behind their last '/' become one pattern each.
Resources generalise(const std::string& action, const Resources& resources, std::size_t evidence,
                     std::vector<Generalised>& out) {
  if (evidence == 0) return resources;
  std::map<std::string, std::size_t> families;
  const auto head_of = [](const std::string& resource) {
    const auto slash = resource.rfind('/');
    if (slash == std::string::npos || slash + 1 < fixed_head(resource)) return std::string();
    return resource.substr(0, slash + 1);
  };
  for (const auto& resource : resources) {
    if (const auto head = head_of(resource); !head.empty()) ++families[head];
  }
  Resources kept;
  for (const auto& resource : resources) {
    const auto head = head_of(resource);
    if (head.empty() || families[head] < evidence) {
      kept.insert(resource);
    } else if (kept.insert(head + "*").second) {
      out.push_back({action, head + "*", families[head]});
    }
  }
  return kept;
}

bool is_hex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// "i-0123456789abcdef0" and "vpc-0a1b2c3d" (EC2's two lengths), or a UUID.
bool is_made_up_id(std::string_view text) {
  if (text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-')
    return std::ranges::all_of(text, [](char c) { return c == '-' || is_hex({&c, 1}); });
  const auto dash = text.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return false;
  const auto digits = text.substr(dash + 1);
  return (digits.size() == 8 || digits.size() == 17) && is_hex(digits);
}

// `resource` with an id that AWS made up as its last name replaced by `*`; "" when it has none.
std::string without_id(const std::string& resource) {
  const auto cut = resource.find_last_of("/:");
  if (cut == std::string::npos || !is_made_up_id(std::string_view(resource).substr(cut + 1)))
    return "";
  return resource.substr(0, cut + 1) + "*";
}

bool makes_things(std::string_view action) {
  constexpr std::array<std::string_view, 8> kVerbs{"Create", "Run",    "Allocate", "Register",
                                                   "Import", "Launch", "Start",    "Request"};
  const auto name = action.substr(action.find(':') + 1);
  return std::ranges::any_of(kVerbs, [name](auto verb) { return name.starts_with(verb); });
}

Resources with_new_ids(const std::string& action, const Resources& resources,
                       std::vector<Generalised>& out) {
  Resources kept;
  for (const auto& resource : resources) {
    auto any = without_id(resource);
    if (any.empty())
      kept.insert(resource);
    else if (kept.insert(any).second)
      out.push_back({action, std::move(any), 0});
  }
  return kept;
}

// What a statement says besides its actions; actions that agree in it share a statement.
struct Terms {
  std::string service;
  Resources resources;
  std::map<std::string, std::string> conditions;
  auto operator<=>(const Terms&) const = default;
};

std::string sid_of(const std::string& service, std::size_t number) {
  std::string sid;
  for (const char c : service) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) sid.push_back(c);
  }
  if (!sid.empty() && sid[0] >= 'a') sid[0] = static_cast<char>(sid[0] - 32);
  return sid + std::to_string(number);
}

template <class Texts>
void write_texts(std::string& out, std::string_view name, const Texts& texts) {
  out += ",\n      \"" + std::string(name) + "\": [";
  bool first = true;
  for (const auto& text : texts) {
    out += first ? "\n        " : ",\n        ";
    first = false;
    codec::write_json_string(out, text);
  }
  out += "\n      ]";
}

void write_statement(std::string& out, const std::string& sid, const Terms& terms,
                     const std::vector<std::string>& actions) {
  out += "    {\n      \"Sid\": ";
  codec::write_json_string(out, sid);
  out += ",\n      \"Effect\": \"Allow\"";
  write_texts(out, "Action", actions);
  write_texts(out, "Resource", terms.resources);
  if (!terms.conditions.empty()) {
    out += ",\n      \"Condition\": {\n        \"StringEquals\": {";
    bool first = true;
    for (const auto& [key, value] : terms.conditions) {
      out += first ? "\n          " : ",\n          ";
      first = false;
      codec::write_json_string(out, key);
      out += ": ";
      codec::write_json_string(out, value);
    }
    out += "\n        }\n      }";
  }
  out += "\n    }";
}

// A value that stands in a StringEquals as itself.
std::string as_literal(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '$')
      out += "${$}";
    else
      out += c;
  }
  return out;
}

}  // namespace

void Suggester::note_conditions(const journey::Call& call, const journey::Need& need, Seen& seen) {
  for (const auto key : kConstantKeys) {
    std::vector<journey::ContextEntry> found(need.context);
    const std::string* at_hand = nullptr;
    const auto same = [key](const journey::ContextEntry& entry) { return entry.key == key; };
    auto entry = std::ranges::find_if(found, same);
    if (entry == found.end() && call.context.source != nullptr) {
      at_hand = call.context.source(call, key, found);
      entry = std::ranges::find_if(found, same);
    }
    const auto* value = at_hand;
    if (value == nullptr && entry != found.end() && !entry->unknown && entry->values.size() == 1)
      value = &entry->values.front();
    if (value == nullptr) continue;
    seen.values[std::string(key)].insert(*value);
    ++seen.counts[std::string(key)];
  }
}

void Suggester::take(const Past& past) {
  ++calls_;
  for (const auto& need : past.call.needs) {
    if (need.deny_only) continue;
    auto& seen = actions_[need.action];
    ++seen.times;
    seen.resources.insert(policy_resource(need));
    note_conditions(past.call, need, seen);
  }
}

Suggestion Suggester::suggest() const {
  Suggestion out;
  std::set<std::string> makers;  // services whose things the calls made
  for (const auto& [action, seen] : actions_) {
    if (rules_.new_ids && makes_things(action)) makers.insert(action.substr(0, action.find(':')));
  }
  std::map<Terms, std::vector<std::string>> statements;
  for (const auto& [action, seen] : actions_) {
    Terms terms;
    terms.service = action.substr(0, action.find(':'));
    terms.resources = makers.contains(terms.service)
                          ? with_new_ids(action, seen.resources, out.generalised)
                          : seen.resources;
    terms.resources = generalise(action, terms.resources, rules_.evidence, out.generalised);
    for (const auto& [key, values] : seen.values) {
      const bool constant = values.size() == 1 && seen.counts.at(key) == seen.times &&
                            seen.times >= rules_.constant_after;
      if (!constant) continue;
      if (key == "aws:RequestedRegion" && std::ranges::all_of(terms.resources, names_region))
        continue;
      terms.conditions[key] = as_literal(*values.begin());
    }
    statements[terms].push_back(action);
  }
  out.statements = statements.size();
  out.policy_json = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [";
  std::map<std::string, std::size_t> numbers;
  bool first = true;
  for (const auto& [terms, actions] : statements) {
    out.policy_json += first ? "\n" : ",\n";
    first = false;
    write_statement(out.policy_json, sid_of(terms.service, ++numbers[terms.service]), terms,
                    actions);
  }
  out.policy_json += "\n  ]\n}\n";
  return out;
}

}  // namespace strait::analysis
