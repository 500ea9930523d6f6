// SPDX-License-Identifier: Apache-2.0
#include "analysis/line_question.h"

#include <algorithm>

#include "base/ascii.h"
#include "codec/json.h"
#include "policy/class_word.h"
#include "policy/compiled.h"
#include "policy/locate.h"

namespace strait::analysis {
namespace {

constexpr auto kRole = "line";              // the only one that is asked about
constexpr std::size_t kCompiledMax = 1024;  // policy sets kept; then all are forgotten

std::unexpected<Error> wrong(std::string message) {
  return fail(ErrorCode::kInvalidInput, std::move(message));
}

// The policies of one list, each as it is written, so that an error's column is that of the text.
std::vector<policy::PolicyText> documents(std::string_view line, std::string_view list) {
  const auto whole = policy::text_at(line, {std::string(list)});
  std::vector<policy::PolicyText> texts;
  if (whole.starts_with('{')) texts.push_back({std::string(list) + "[0]", std::string(whole)});
  if (!whole.starts_with('[')) return texts;
  while (true) {
    const auto one = policy::text_at(whole, {texts.size()});
    if (one.empty()) return texts;
    texts.push_back(
        {std::string(list) + "[" + std::to_string(texts.size()) + "]", std::string(one)});
  }
}

bool append_scalar(std::vector<std::string>& values, const codec::Value& value) {
  if (value.string() != nullptr) {
    values.push_back(*value.string());
  } else if (value.number() != nullptr) {
    values.push_back(value.number()->token);
  } else if (value.boolean() != nullptr) {
    values.emplace_back(*value.boolean() ? "true" : "false");
  } else {
    return false;
  }
  return true;
}

Result<journey::ContextEntry> entry(const std::string& key, const codec::Value& value) {
  journey::ContextEntry made{key, {}};
  bool good = true;
  if (value.list() != nullptr) {
    made.many = true;
    for (const auto& one : *value.list()) good = good && append_scalar(made.values, one);
  } else if (!value.is_null()) {
    good = append_scalar(made.values, value);
  }
  if (!good)
    return wrong("context " + quoted(key) +
                 " is a string, a number, a boolean, or a list of these");
  return made;
}

// What an ARN says of who asks (IAM user guide, "AWS global condition context keys", properties of
// the principal).
Result<std::vector<journey::ContextEntry>> said_by_principal(const std::string& arn) {
  std::vector<std::string_view> parts;
  std::string_view rest = arn;
  for (auto colon = rest.find(':'); parts.size() < 5 && colon != std::string_view::npos;
       colon = rest.find(':')) {
    parts.push_back(rest.substr(0, colon));
    rest.remove_prefix(colon + 1);
  }
  if (parts.size() != 5 || parts[0] != "arn" || rest.empty())
    return wrong("the principal is an ARN, as in arn:aws:iam::123456789012:role/developer; " +
                 quoted(arn) + " is none");
  const std::string account(parts[4]);
  const std::string kind(rest.substr(0, rest.find('/')));
  const std::string name(rest.substr(rest.rfind('/') + 1));
  std::vector<journey::ContextEntry> said{{"aws:PrincipalArn", {arn}},
                                          {"aws:PrincipalAccount", {account}}};
  const auto say = [&said](const char* key, std::string value) {
    said.push_back({key, {std::move(value)}});
  };
  if (kind == "assumed-role") {
    const auto role = rest.substr(kind.size() + 1, rest.rfind('/') - kind.size() - 1);
    said[0].values[0] =
        "arn:" + std::string(parts[1]) + ":iam::" + account + ":role/" + std::string(role);
    say("aws:PrincipalType", "AssumedRole");
  } else if (kind == "role") {
    say("aws:PrincipalType", "AssumedRole");
  } else if (kind == "user") {
    say("aws:PrincipalType", "User");
    say("aws:username", name);
  } else if (kind == "federated-user") {
    say("aws:PrincipalType", "FederatedUser");
    say("aws:userid", account + ":" + name);
  } else if (kind == "root") {
    say("aws:PrincipalType", "Account");
    say("aws:userid", account);
  }
  return said;
}

Status read_context(const codec::Value& context, std::vector<journey::ContextEntry>& out) {
  if (context.object() == nullptr) return wrong("the request's context is an object of keys");
  for (const auto& [key, value] : *context.object()) {
    TRY(auto made, entry(key, value));
    out.push_back(std::move(made));
  }
  return {};
}

struct Request {
  policy::Question question{.role = kRole, .action = "", .resource = "*", .context = {}};
  bool of_a_class = true;  // if its action can be
};

// The first entry of a key counts, so that the context comes before what the principal says.
Result<Request> read_request(const codec::Value& request) {
  Request out;
  auto& asked = out.question;
  std::vector<journey::ContextEntry> said;
  for (const auto& [name, value] : *request.object()) {
    if (name == "context") {
      CHECK_OK(read_context(value, asked.context));
      continue;
    }
    if (name == "must_be_named") {
      if (value.boolean() == nullptr) return wrong("the request's must_be_named is true or false");
      out.of_a_class = *value.boolean();
      continue;
    }
    if (name != "principal" && name != "action" && name != "resource")
      return wrong("a request has no " + quoted(name) +
                   "; it has principal, action, resource, context and must_be_named");
    if (value.string() == nullptr) return wrong("the request's " + name + " is a string");
    if (name == "action") asked.action = *value.string();
    if (name == "resource") asked.resource = *value.string();
    if (name == "principal") {
      TRY(said, said_by_principal(*value.string()));
    }
  }
  if (asked.action.find(':') == std::string::npos)
    return wrong("the request's action is service:Name, as in s3:GetObject");
  std::ranges::move(said, std::back_inserter(asked.context));
  return out;
}

// IAM has no classes: a statement about one would mean nothing there, and a Deny do nothing.
Status said_to_iam(const policy::CompiledRole& role) {
  for (const auto& statement : role.statements) {
    if (statement.classes != 0)
      return wrong(statement.ref.str() + " names a class (" + std::string(policy::kClassWord) +
                   "...), which IAM does not have; `--strict` asks the gateway, which does");
  }
  return {};
}

}  // namespace

Result<const policy::PolicySet*> LineQuestions::policies_of(std::string_view line,
                                                            std::string_view allow,
                                                            std::string_view ask) {
  auto key = std::string(allow) + '\n' + std::string(ask);
  if (const auto found = compiled_.find(key); found != compiled_.end()) return &found->second;
  TRY(auto set, policy::compile({{kRole, documents(line, "allow"), documents(line, "ask")}}));
  if (strict_ == nullptr) CHECK_OK(said_to_iam(*set.role(kRole)));
  if (compiled_.size() >= kCompiledMax) compiled_.clear();
  return &compiled_.emplace(std::move(key), std::move(set)).first->second;
}

Result<catalog::Classes> LineQuestions::classes_for(const std::string& action, bool of_a_class) {
  const auto classes = strict_->classes_of_action(action);
  if (of_a_class || classes == 0) return classes;
  if (known_.empty()) known_ = known_actions(*strict_);
  const bool some_are_not = std::ranges::any_of(known_, [&](const KnownAction& known) {
    return known.classes == 0 && lowered(known.name) == lowered(action);
  });
  if (some_are_not) return catalog::Classes{0};
  return wrong("every call that needs " + action + " must be named: leave must_be_named out");
}

Result<Answer> LineQuestions::answer(std::string_view line) {
  auto parsed = codec::parse_json(line);
  if (!parsed) return wrong("not a line of JSON: " + parsed.error().message);
  for (const auto* list : {"allow", "ask"}) {
    const auto* value = parsed->find(list);
    if (value == nullptr) continue;
    const bool good =
        value->object() != nullptr ||
        (value->list() != nullptr && std::ranges::all_of(*value->list(), [](const auto& one) {
           return one.object() != nullptr;
         }));
    if (!good) return wrong(std::string(list) + " is a list of policies, each a JSON object");
  }
  const auto* request = parsed->find("request");
  if (request == nullptr || request->object() == nullptr)
    return wrong("the line has no request, as in {\"request\":{\"action\":\"s3:GetObject\"}}");
  TRY(auto read, read_request(*request));
  auto& asked = read.question;
  TRY(const auto* policies, policies_of(line, policy::text_at(line, {std::string("allow")}),
                                        policy::text_at(line, {std::string("ask")})));
  asked.as_iam = strict_ == nullptr;
  asked.missing_is_absent = true;
  if (strict_ != nullptr) {
    TRY(asked.classes, classes_for(asked.action, read.of_a_class));
  }
  Answer answer;
  const auto verdict = policy::can_i(*policies, asked);
  answer.effect = verdict.effect;
  if (!verdict.decided_by.empty())
    answer.matched = policy::all_deciding(*policies, asked, verdict.effect);
  return answer;
}

}  // namespace strait::analysis
