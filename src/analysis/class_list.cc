// SPDX-License-Identifier: Apache-2.0
#include "analysis/class_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "analysis/known_actions.h"
#include "policy/class_word.h"

namespace strait::analysis {
namespace {

using catalog::Class;

constexpr std::string_view kHead =
    "# Classes of actions\n\n"
    "What `strait aws classes` prints; a test keeps this page the same. A word in `Action` stands "
    "for every action listed\n"
    "below it, as if each were written letter for letter "
    "([policy-language.md](policy-language.md)). \"Some calls\": other calls\n"
    "need the same action, and the word does not mean those.\n";

std::string_view meaning(Class which) {
  switch (which) {
    case Class::kReturnsCredentials:
      return "AWS keys, tokens, key material or bearer URLs come back.";
    case Class::kPassRole: return "A role is handed to a service.";
    case Class::kRunCode:
      return "AWS runs code or a template that the caller brings, under rights that are not the "
             "caller's.";
    case Class::kEditPolicy: return "Who may do what is changed.";
    case Class::kEditTrust: return "Who can become somebody is changed, or an identity made.";
    case Class::kBesides: return {};
  }
  return {};
}

// "- ssm: CreateDocument, SendCommand"
std::string lines_of(const ClassActions& actions) {
  std::map<std::string_view, std::vector<std::string>> by_service;
  for (const std::string_view action : actions.some) {
    const auto colon = action.find(':');
    const bool only = std::ranges::find(actions.only, action) != actions.only.end();
    by_service[action.substr(0, colon)].push_back(std::string(action.substr(colon + 1)) +
                                                  (only ? "" : " (some calls)"));
  }
  std::string out;
  for (auto& [service, names] : by_service) {
    std::ranges::sort(names);
    out += fmt::format("- {}: {}\n", service, fmt::join(names, ", "));
  }
  return out;
}

}  // namespace

std::string list_classes(const catalog::Catalog& catalog) {
  const auto known = known_actions(catalog);
  std::string out(kHead);
  for (const auto which : catalog::kClasses) {
    const auto actions = actions_of(which, known);
    out += fmt::format("\n## {}\n\n{} {} {}.\n\n{}", policy::class_word(which), meaning(which),
                       actions.some.size(), actions.some.size() == 1 ? "action" : "actions",
                       lines_of(actions));
  }
  return out;
}

}  // namespace strait::analysis
