// SPDX-License-Identifier: Apache-2.0
#include "policy/document.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/limits.h"
#include "codec/json.h"
#include "policy/class_word.h"
#include "policy/condition.h"
#include "policy/locate.h"

namespace strait::policy {
namespace {

constexpr std::string_view kFederated =
    "Principal must be {\"Federated\": \"<issuer without https://>\"}";

bool made_of(std::string_view text, std::string_view also) {
  return std::ranges::all_of(text, [also](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           also.contains(c);
  });
}

// Walks the parsed value and keeps the path, so that an error can say where it is.
class Reader {
 public:
  Reader(std::string_view file, std::string_view text, DocumentKind kind)
      : file_(file), text_(text), trust_(kind == DocumentKind::kTrust) {}

  Result<Document> read() {
    if (text_.size() > limits::kPolicyBytesMax) return here("the policy is larger than 1 MiB");
    auto parsed = codec::parse_json(text_);
    if (!parsed) return at(first_trouble(text_), parsed.error().message);
    root_ = *std::move(parsed);
    return document();
  }

 private:
  // Steps into a member or element for as long as it lives.
  class Inside {
   public:
    Inside(Reader& reader, JsonStep step) : reader_(reader) {
      reader_.path_.push_back(std::move(step));
    }
    ~Inside() { reader_.path_.pop_back(); }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

   private:
    Reader& reader_;
  };

  std::unexpected<Error> at(Place place, std::string_view message) const {
    std::string full = std::string(file_) + ":" + std::to_string(place.line) + ":" +
                       std::to_string(place.column) + ": " + (trust_ ? "trust policy: " : "");
    if (statement_ > 0) {
      full += "statement " + (sid_.empty() ? std::to_string(statement_) : sid_) + ": ";
    }
    return fail(ErrorCode::kInvalidConfiguration, full.append(message));
  }
  std::unexpected<Error> here(std::string_view message) const {
    return at(locate(text_, path_), message);
  }

  Result<Document> document() {
    if (root_.object() == nullptr)
      return here("a policy is a JSON object with Version and Statement");
    const codec::Value* statements = nullptr;
    for (const auto& [name, value] : *root_.object()) {
      const Inside inside(*this, name);
      if (name == "Version") {
        CHECK_OK(version(value));
      } else if (name == "Id") {
        if (value.string() == nullptr) return here("Id is a string");
        document_.id = *value.string();
      } else if (name == "Statement") {
        statements = &value;
      } else {
        return here("a policy has no element " + quoted(name) +
                    "; it has Version, Id and Statement");
      }
    }
    if (statements == nullptr) return here("the policy has no Statement");
    const Inside inside(*this, std::string("Statement"));
    CHECK_OK(all_statements(*statements));
    return std::move(document_);
  }

  Status version(const codec::Value& value) {
    const auto* text = value.string();
    if (text != nullptr && *text == "2012-10-17") {
      document_.dialect = Dialect::k2012;
    } else if (text == nullptr || *text != "2008-10-17") {
      return here("Version is \"2012-10-17\" or \"2008-10-17\"");
    }
    return {};
  }

  Status all_statements(const codec::Value& value) {
    lines_ = lines_of_elements(text_, path_);
    if (value.object() != nullptr) return one_statement(value, 1);
    document_.listed = true;
    if (value.list() == nullptr || value.list()->empty())
      return here("Statement is an object or a list of at least one");
    for (std::size_t i = 0; i < value.list()->size(); ++i) {
      const Inside inside(*this, i);
      CHECK_OK(one_statement((*value.list())[i], static_cast<int>(i) + 1));
    }
    return {};
  }

  Status one_statement(const codec::Value& value, int number) {
    statement_ = number;
    sid_.clear();
    idle_.clear();
    actions_ = resources_ = false;
    if (value.object() == nullptr) return here("a statement is a JSON object");
    StatementText statement;
    statement.number = static_cast<std::size_t>(number) - 1;
    statement.line = lines_.at(statement.number);
    bool effect = false;
    for (const auto& [name, element] : *value.object()) {
      const Inside inside(*this, name);
      if (name == "Effect") effect = true;
      CHECK_OK(element_of(statement, name, element));
    }
    if (!effect) return here("the statement has no Effect");
    if (!actions_) return here("the statement has neither Action nor NotAction");
    if (trust_ && statement.federated.empty()) return here(kFederated);
    if (!trust_ && !resources_) return here("the statement has neither Resource nor NotResource");
    if (idle_.empty()) {
      document_.statements.push_back(std::move(statement));
    } else {
      const auto name = sid_.empty() ? std::to_string(number) : sid_;
      document_.idle.push_back({name, locate(text_, path_), idle_});
    }
    statement_ = 0;
    return {};
  }

  Status element_of(StatementText& statement, const std::string& name, const codec::Value& value) {
    if (name == "Sid") return sid(statement, value);
    if (name == "Effect") return effect(statement, value);
    if (name == "Action" || name == "NotAction") {
      if (actions_) return here("a statement has Action or NotAction, not both");
      actions_ = true;
      statement.not_action = name == "NotAction";
      if (name == "Action" && is_empty_list(value)) return idle("it names no action");
      TRY(statement.actions, strings(value));
      return each(statement.actions, value,
                  [this](const std::string& text) { return action(text); });
    }
    if (name == "Condition") return conditions(statement, value);
    if (trust_) return element_of_trust(statement, name, value);
    if (name == "Resource" || name == "NotResource") {
      if (resources_) return here("a statement has Resource or NotResource, not both");
      resources_ = true;
      statement.not_resource = name == "NotResource";
      if (name == "Resource" && is_empty_list(value)) return idle("it names no resource");
      TRY(statement.resources, strings(value));
      return each(statement.resources, value,
                  [this](const std::string& text) { return resource(text); });
    }
    if (name == "Principal" || name == "NotPrincipal") {
      return here(name +
                  " belongs in the trust policy of a role; whom these statements are for is set by "
                  "the role");
    }
    return here("a statement has no element " + quoted(name));
  }

  Status element_of_trust(StatementText& statement, const std::string& name,
                          const codec::Value& value) {
    if (name == "Resource" || name == "NotResource")
      return here("a trust policy has no " + name + ": it is about the role that it stands with");
    if (name == "NotPrincipal")
      return here("NotPrincipal is not taken: say who is trusted in Principal");
    if (name != "Principal") return here("a statement has no element " + quoted(name));
    const auto* federated = value.find("Federated");
    if (federated == nullptr || value.object()->size() != 1) return here(kFederated);
    const Inside inside(*this, std::string("Federated"));
    TRY(statement.federated, strings(*federated));
    return {};
  }

  Status sid(StatementText& statement, const codec::Value& value) {
    if (value.string() == nullptr || !made_of(*value.string(), "_-.") ||
        value.string()->size() > 128) {
      return here("Sid is letters and digits");
    }
    sid_ = statement.sid = *value.string();
    if (!sid_.empty() && !sids_.insert(sid_).second) {
      return here("the Sid " + quoted(sid_) + " is there twice in this file");
    }
    return {};
  }

  Status effect(StatementText& statement, const codec::Value& value) {
    const auto* text = value.string();
    if (text == nullptr || (*text != "Allow" && *text != "Deny")) {
      return here(std::string("Effect is \"Allow\" or \"Deny\"") +
                  (trust_ ? "" : "; what needs a human goes into a file under `ask`"));
    }
    statement.allow = *text == "Allow";
    return {};
  }

  // A string or a list of at least one.
  Result<std::vector<std::string>> strings(const codec::Value& value) {
    if (value.string() != nullptr) return std::vector{*value.string()};
    if (value.list() == nullptr || value.list()->empty())
      return here("expected a string or a list of at least one");
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < value.list()->size(); ++i) {
      const Inside inside(*this, i);
      const auto* text = (*value.list())[i].string();
      if (text == nullptr) return here("expected a string");
      texts.push_back(*text);
    }
    return texts;
  }

  static bool is_empty_list(const codec::Value& value) {
    return value.list() != nullptr && value.list()->empty();
  }

  Status idle(std::string why) {
    idle_ = std::move(why);
    return {};
  }

  template <class Check>
  Status each(const std::vector<std::string>& texts, const codec::Value& value, Check check) {
    if (value.string() != nullptr) return check(texts[0]);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const Inside inside(*this, i);
      CHECK_OK(check(texts[i]));
    }
    return {};
  }

  Status action(const std::string& text) {
    if (text == "*") return {};
    const auto named = class_in(text);
    if (!named) return here(named.error().message);
    if (*named) return {};
    const auto colon = text.find(':');
    const bool good = colon != std::string::npos && colon > 0 && colon + 1 < text.size() &&
                      made_of(text.substr(0, colon), "-*?") &&
                      made_of(text.substr(colon + 1), "-_*?");
    if (good) return {};
    return here("an action is \"*\" or service:Name, as in s3:GetObject; " + quoted(text) +
                " is neither");
  }

  Status resource(const std::string& text) {
    if (text != "*" && !text.starts_with("arn:")) {
      return here("a resource is \"*\" or an ARN; " + quoted(text) + " is neither");
    }
    auto pattern = Pattern::compile(text, Grammar::kResource, document_dialect());
    if (!pattern) return here(pattern.error().message);
    for (const auto& variable : pattern->variables()) {
      if (const auto key = classify_key(variable.key); !key) return here(key.error().message);
    }
    return {};
  }

  Status conditions(StatementText& statement, const codec::Value& value) {
    if (value.object() == nullptr) return here("Condition is an object of operators");
    for (const auto& [op, keys] : *value.object()) {
      const Inside inside(*this, op);
      if (keys.object() == nullptr || keys.object()->empty())
        return here("an operator holds an object of at least one key");
      for (const auto& [key, values] : *keys.object()) {
        const Inside deeper(*this, key);
        CHECK_OK(condition(statement, op, key, values));
      }
    }
    return {};
  }

  Status condition(StatementText& statement, const std::string& op, const std::string& key,
                   const codec::Value& value) {
    ConditionText text{op, key, {}};
    const auto scalar = [&text](const codec::Value& one) {
      if (one.string() != nullptr) {
        text.values.push_back(*one.string());
      } else if (one.boolean() != nullptr) {
        text.values.emplace_back(*one.boolean() ? "true" : "false");
      } else if (one.number() != nullptr) {
        text.values.push_back(one.number()->token);
      } else {
        return false;
      }
      return true;
    };
    if (value.list() == nullptr) {
      if (!scalar(value))
        return here("a condition value is a string, a number or a boolean, or a list of them");
    } else {
      if (value.list()->empty()) return condition_without_values(statement, std::move(text));
      for (const auto& one : *value.list()) {
        if (!scalar(one)) return here("a condition value is a string, a number or a boolean");
      }
    }
    if (const auto compiled = compile_condition(text, document_dialect()); !compiled)
      return here(compiled.error().message);
    return add(statement, std::move(text));
  }

  // The same operator on the same key comes again only where an empty list became a Null.
  Status add(StatementText& statement, ConditionText text) {
    for (const auto& other : statement.conditions) {
      if (other.op != text.op || other.key != text.key) continue;
      if (other.values == text.values) return {};
      return here("an empty list of values says that " + quoted(text.key) +
                  " is absent, and Null that it is there");
    }
    statement.conditions.push_back(std::move(text));
    return {};
  }

  // Of what AWS says of these, one sentence contradicts the next for a plain operator, and none is
  // about the negated ones.
  Status condition_without_values(StatementText& statement, ConditionText text) {
    const auto op = parse_operator(text.op);
    if (!op) return here("there is no condition operator " + quoted(text.op));
    const bool any = op->quantifier == Quantifier::kForAnyValue;
    const bool where_absent = op->quantifier == Quantifier::kForAllValues || op->if_exists;
    if (op->negated || any == where_absent)
      return here("an empty list of values under " + text.op +
                  " has no certain meaning; say Null, or name a value");
    if (const auto key = classify_key(text.key); !key) return here(key.error().message);
    if (any) return idle("its condition " + text.op + " on " + text.key + " has no value to match");
    return add(statement, {"Null", std::move(text.key), {"true"}});
  }

  // Version may stand after Statement.
  Dialect document_dialect() const {
    const auto* version = root_.find("Version");
    const bool new_one =
        version != nullptr && version->string() != nullptr && *version->string() == "2012-10-17";
    return new_one ? Dialect::k2012 : Dialect::k2008;
  }

  std::string_view file_;
  std::string_view text_;
  bool trust_;
  codec::Value root_;
  Document document_;
  JsonPath path_;
  std::vector<int> lines_;
  // Of the statement that is being read.
  int statement_ = 0;
  std::string sid_, idle_;
  bool actions_ = false, resources_ = false;
  std::unordered_set<std::string> sids_;
};

}  // namespace

JsonPath Document::path_of(const StatementText& statement) const {
  JsonPath path{std::string("Statement")};
  if (listed) path.emplace_back(statement.number);
  return path;
}

Result<Document> parse_document(std::string_view file, std::string_view text, DocumentKind kind) {
  return Reader(file, text, kind).read();
}

}  // namespace strait::policy
