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

bool made_of(std::string_view text, std::string_view also) {
  return std::ranges::all_of(text, [also](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           also.contains(c);
  });
}

// Walks the parsed value and keeps the path, so that an error can say where it is.
class Reader {
 public:
  Reader(std::string_view file, std::string_view text) : file_(file), text_(text) {}

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
                       std::to_string(place.column) + ": ";
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
    if (value.object() == nullptr) return here("a statement is a JSON object");
    StatementText statement;
    statement.line = lines_.at(static_cast<std::size_t>(number) - 1);
    bool effect = false;
    for (const auto& [name, element] : *value.object()) {
      const Inside inside(*this, name);
      if (name == "Effect") effect = true;
      CHECK_OK(element_of(statement, name, element));
    }
    if (!effect) return here("the statement has no Effect");
    if (statement.actions.empty()) return here("the statement has neither Action nor NotAction");
    if (statement.resources.empty())
      return here("the statement has neither Resource nor NotResource");
    document_.statements.push_back(std::move(statement));
    statement_ = 0;
    return {};
  }

  Status element_of(StatementText& statement, const std::string& name, const codec::Value& value) {
    if (name == "Sid") return sid(statement, value);
    if (name == "Effect") return effect(statement, value);
    if (name == "Action" || name == "NotAction") {
      if (!statement.actions.empty()) return here("a statement has Action or NotAction, not both");
      statement.not_action = name == "NotAction";
      TRY(statement.actions, strings(value));
      return each(statement.actions, value,
                  [this](const std::string& text) { return action(text); });
    }
    if (name == "Resource" || name == "NotResource") {
      if (!statement.resources.empty())
        return here("a statement has Resource or NotResource, not both");
      statement.not_resource = name == "NotResource";
      TRY(statement.resources, strings(value));
      return each(statement.resources, value,
                  [this](const std::string& text) { return resource(text); });
    }
    if (name == "Condition") return conditions(statement, value);
    if (name == "Principal" || name == "NotPrincipal") {
      return here(name +
                  " belongs in the trust policy of a role; whom these statements are for is set by "
                  "the role");
    }
    return here("a statement has no element " + quoted(name));
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
      return here(
          "Effect is \"Allow\" or \"Deny\"; what needs a human goes into a file under `ask`");
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
      if (value.list()->empty()) return here("an empty list of condition values");
      for (const auto& one : *value.list()) {
        if (!scalar(one)) return here("a condition value is a string, a number or a boolean");
      }
    }
    if (const auto compiled = compile_condition(text, document_dialect()); !compiled)
      return here(compiled.error().message);
    statement.conditions.push_back(std::move(text));
    return {};
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
  codec::Value root_;
  Document document_;
  JsonPath path_;
  std::vector<int> lines_;
  int statement_ = 0;
  std::string sid_;
  std::unordered_set<std::string> sids_;
};

}  // namespace

Result<Document> parse_document(std::string_view file, std::string_view text) {
  return Reader(file, text).read();
}

}  // namespace strait::policy
