// SPDX-License-Identifier: Apache-2.0
// Seeded changes to realistic policies: what widens one must be caught, what narrows or only
// rewrites one must be proved. STRAIT_POLICIES=DIR takes the policies from there,
// STRAIT_PROVE_CHANGES says how many (a multiple of 8).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "analysis/prove.h"
#include "codec/json.h"
#include "policy/document.h"

namespace strait::analysis {
namespace {

using journey::Effect;
using policy::ConditionText;
using policy::Document;
using policy::StatementText;
using Strings = std::vector<std::string>;

std::string text_of(const Document& document) {
  std::string out;
  codec::JsonWriter json(out);
  const auto list = [&json](std::string_view name, const Strings& values) {
    json.key(name).begin_array();
    for (const auto& value : values) json.value(value);
    json.end_array();
  };
  json.begin_object().member(
      "Version", document.dialect == policy::Dialect::k2012 ? "2012-10-17" : "2008-10-17");
  json.key("Statement").begin_array();
  for (const auto& s : document.statements) {
    json.begin_object().member("Effect", s.allow ? "Allow" : "Deny");
    list(s.not_action ? "NotAction" : "Action", s.actions);
    list(s.not_resource ? "NotResource" : "Resource", s.resources);
    std::map<std::string, std::map<std::string, Strings>> blocks;
    for (const auto& c : s.conditions) blocks[c.op][c.key] = c.values;
    json.key("Condition").begin_object();
    for (const auto& [op, keys] : blocks) {
      json.key(op).begin_object();
      for (const auto& [key, values] : keys) list(key, values);
      json.end_object();
    }
    json.end_object().end_object();
  }
  json.end_array().end_object();
  return out;
}

std::vector<Document> policies() {
  const char* given = std::getenv("STRAIT_POLICIES");
  const std::filesystem::path folder =
      given == nullptr ? STRAIT_SOURCE_DIR "/src/analysis/testdata/policies" : given;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<Document> documents;
  for (const auto& file : files) {
    std::ifstream in(file);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    auto document = policy::parse_document(file.string(), text);
    if (document) documents.push_back(*std::move(document));
  }
  return documents;
}

policy::RoleSource source_of(const Document& document) {
  return {"role", {{"policy.json", text_of(document)}}, {}};
}

Proof proof_of(const Document& bound, const Document& policy) {
  const auto proof =
      prove(source_of(bound), source_of(policy), {}, [] { return std::chrono::seconds(60); });
  EXPECT_TRUE(proof.has_value()) << (proof ? "" : proof.error().message);
  return proof ? *proof : Proof{};
}

class Changer {
 public:
  explicit Changer(unsigned seed) : random_(seed) {}
  bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }
  std::size_t below(std::size_t count) { return random_() % count; }
  template <class T>
  T& one_of(std::vector<T>& list) {
    return list[below(list.size())];
  }

  // Each returns what it did, or "" when this policy has nothing to do it to.
  std::string widen(Document& document) {
    auto& s = one_of(document.statements);
    switch (below(8)) {
      case 0:
        if (!s.allow || s.not_action) return "";
        s.actions.push_back(chance(50) ? "chime:CreateBot" : "iam:UpdateRole*");
        return "one more action";
      case 1:
        if (!s.allow || s.not_resource) return "";
        return wider_arn(one_of(s.resources)) ? "a wider ARN" : "";
      case 2:
        if (!s.allow || s.conditions.empty()) return "";
        s.conditions.erase(s.conditions.begin() +
                           static_cast<std::ptrdiff_t>(below(s.conditions.size())));
        return "a dropped condition";
      case 3: return twist_not_action(s) ? "a twist of NotAction" : "";
      case 4: return wider_value(s) ? "a wider condition value" : "";
      case 5: {
        const auto denies = [](const StatementText& one) { return !one.allow; };
        const auto wall = std::ranges::find_if(document.statements, denies);
        if (wall == document.statements.end()) return "";
        document.statements.erase(wall);
        return "a removed Deny";
      }
      case 6: return without_variable(s) ? "a variable replaced by *" : "";
      default:
        if (s.allow) return "";
        s.conditions.push_back({"StringEquals", "aws:PrincipalTag/wall", {"up"}});
        return "a Deny with one more condition";
    }
  }

  std::string narrow(Document& document) {
    auto& s = one_of(document.statements);
    const auto erase_one = [this](auto& list) {
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(below(list.size())));
    };
    switch (below(10)) {
      case 0:
        if (!s.allow || s.not_action || s.actions.size() < 2) return "";
        erase_one(s.actions);
        return "an action less";
      case 1: {
        auto wall = s;
        wall.allow = !wall.allow;
        if (wall.allow) return "";
        document.statements.push_back(wall);
        return "a Deny more";
      }
      case 2:
        if (!s.allow) return "";
        s.conditions.push_back({"StringLike", "aws:PrincipalTag/extra", {"a*"}});
        return "a condition more";
      case 3: {
        auto& arn = one_of(s.resources);
        if (!s.allow || s.not_resource || arn == "*" || !arn.ends_with('*')) return "";
        arn.insert(arn.size() - 1, "q");
        return "a narrower ARN";
      }
      case 4: return fewer_values(s) ? "a value less" : "";
      case 5: {
        if (s.not_action || s.actions.size() < 2) return "";
        auto half = s;
        half.actions.erase(half.actions.begin());
        s.actions.resize(1);
        document.statements.push_back(half);
        return "a statement in two";
      }
      case 6:
        std::ranges::shuffle(document.statements, random_);
        for (auto& one : document.statements) std::ranges::shuffle(one.actions, random_);
        for (auto& one : document.statements) std::ranges::shuffle(one.resources, random_);
        return "another order";
      case 7:
        for (auto& action : s.actions) std::ranges::transform(action, action.begin(), toupper);
        return "actions in capitals";
      case 8:
        if (!s.allow || document.statements.size() < 2) return "";
        document.statements.erase(document.statements.begin() + (&s - document.statements.data()));
        return "a statement less";
      default:
        if (!s.not_action || !s.allow) return "";
        s.actions.push_back("ec2:*");
        return "an action more in NotAction";
    }
  }

  // A request that a statement may be about: its patterns filled in, its conditions mostly met.
  policy::Question request(const StatementText& s) {
    policy::Question question{.role = "role",
                              .action = s.not_action ? "zz:Thing" : filled(one_of_const(s.actions)),
                              .resource = "arn:aws:zz:eu-west-1:123456789012:thing/w7",
                              .context = {},
                              .missing_is_absent = true};
    if (s.not_action && chance(60)) question.action = filled(one_of_const(s.actions));
    if (!s.not_resource && one_of_const(s.resources) != "*")
      question.resource = filled(one_of_const(s.resources));
    for (const auto& c : s.conditions) {
      const auto op = policy::parse_operator(c.op);
      auto value = filled(one_of_const(c.values));
      if (op->op == policy::Operator::kNull) {
        if (value == "true") continue;
        value = "w7";
      } else if (op->negated || chance(15)) {
        value = value == "true" ? "false" : "w7";
      }
      if (op->op == policy::Operator::kNumericLess || op->op == policy::Operator::kDateLess)
        value = "0";
      if (op->op == policy::Operator::kIpAddress) {
        value = op->negated ? "198.51.100.7" : value.substr(0, value.find('/'));
      }
      const bool known = std::ranges::any_of(question.context,
                                             [&](const auto& entry) { return entry.key == c.key; });
      if (!known && !chance(15)) question.context.push_back({c.key, {value}});
    }
    for (const auto& key : variables_)
      if (std::ranges::none_of(question.context, [&](const auto& e) { return e.key == key; }))
        question.context.push_back({key, {"some-one"}});
    variables_.clear();
    return question;
  }

 private:
  const std::string& one_of_const(const Strings& list) { return list[below(list.size())]; }

  std::string filled(const std::string& pattern) {
    std::string out;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (pattern.compare(i, 2, "${") == 0) {
        const auto end = pattern.find('}', i);
        const auto inside = pattern.substr(i + 2, end - i - 2);
        i = end;
        if (inside.size() == 1) continue;
        variables_.push_back(inside.substr(0, inside.find(',')));
        out += "some-one";
      } else if (pattern[i] == '*') {
        out += chance(50) ? "w7" : "a";
      } else {
        out += pattern[i] == '?' ? 'q' : pattern[i];
      }
    }
    return out;
  }

  bool wider_arn(std::string& arn) {
    if (arn == "*") return false;
    const auto last = arn.find_last_of("/:");
    if (chance(30) || last == std::string::npos) {
      arn = "*";
    } else {
      arn = arn.substr(0, last + 1) + "*";
    }
    return true;
  }

  bool twist_not_action(StatementText& s) {
    if (!s.not_action) {
      if (!s.allow || chance(70)) return false;
      s.not_action = true;  // Allow Action -> Allow NotAction
      return true;
    }
    if (s.allow) {
      if (s.actions.size() > 1 && chance(50)) {
        s.actions.erase(s.actions.begin());
      } else {
        s.actions[0] = s.actions[0].substr(0, s.actions[0].find(':')) + ":Delete*";
      }
      return true;
    }
    s.actions.push_back("s3:*");  // the Deny spares more
    return true;
  }

  bool wider_value(StatementText& s) {
    if (!s.allow || s.conditions.empty()) return false;
    auto& c = one_of(s.conditions);
    const auto op = policy::parse_operator(c.op);
    if (op->negated || op->op == policy::Operator::kNull) return false;
    auto& value = one_of(c.values);
    switch (op->op) {
      case policy::Operator::kStringLike:
        value = value.substr(0, value.size() / 2) + "*";
        return value.find("${") == std::string::npos;
      case policy::Operator::kStringEquals:
      case policy::Operator::kStringEqualsIgnoreCase: c.values.push_back("also-this"); return true;
      case policy::Operator::kNumericLess:
      case policy::Operator::kNumericLessEquals: value = "100000"; return true;
      case policy::Operator::kIpAddress: value = "0.0.0.0/1"; return true;
      case policy::Operator::kArnLike: value = "arn:*"; return true;
      case policy::Operator::kBool: c.values = {"true", "false"}; return true;
      default: return false;
    }
  }

  bool fewer_values(StatementText& s) {
    if (!s.allow || s.conditions.empty()) return false;
    auto& c = one_of(s.conditions);
    const auto op = policy::parse_operator(c.op);
    if (op->negated || op->op == policy::Operator::kNull || c.values.size() < 2) return false;
    c.values.pop_back();
    return true;
  }

  bool without_variable(StatementText& s) {
    if (!s.allow || s.not_resource) return false;
    const auto replace = [](std::string& text) {
      const auto at = text.find("${");
      if (at == std::string::npos || text.find('}', at) - at < 4) return false;
      text.replace(at, text.find('}', at) + 1 - at, "*");
      return true;
    };
    for (auto& arn : s.resources)
      if (replace(arn)) return true;
    for (auto& c : s.conditions) {
      const auto op = policy::parse_operator(c.op);
      if (op->negated) continue;
      for (auto& value : c.values) {
        if (!replace(value)) continue;
        if (const auto at = c.op.find("Equals"); c.op.starts_with("String") && at < 8)
          c.op.replace(at, 6, "Like");
        return true;
      }
    }
    return false;
  }

  std::mt19937 random_;
  Strings variables_;
};

// Whether some request, found without the prover, is allowed by `after` and not by `before`.
bool widens(Changer& changer, const Document& before, const Document& after) {
  const auto old_set = policy::compile({source_of(before)});
  const auto new_set = policy::compile({source_of(after)});
  if (!old_set || !new_set) return false;
  for (int i = 0; i < 600; ++i) {
    const auto& from = changer.chance(50) ? before : after;
    const auto question = changer.request(from.statements[changer.below(from.statements.size())]);
    if (policy::can_i(*new_set, question).effect == Effect::kAllow &&
        policy::can_i(*old_set, question).effect != Effect::kAllow)
      return true;
  }
  return false;
}

int changes_wanted() {
  const char* text = std::getenv("STRAIT_PROVE_CHANGES");
  return text == nullptr ? 40 : std::atoi(text);
}

TEST(ProveMutation, EveryWideningIsCaught) {
  const auto documents = policies();
  ASSERT_FALSE(documents.empty());
  std::map<std::string, int> caught;
  int done = 0;
  for (unsigned seed = 0; done < changes_wanted() && seed < 200'000; ++seed) {
    Changer changer(seed);
    const auto& before = documents[changer.below(documents.size())];
    auto after = before;
    const auto what = changer.widen(after);
    if (what.empty() || caught[what] == changes_wanted() / 8) continue;
    if (after.statements.empty() || !widens(changer, before, after)) continue;
    const auto proof = proof_of(before, after);
    ASSERT_EQ(proof.answer, Proof::kCounterExample)
        << "seed " << seed << ": " << what << ": " << proof.reason << "\n"
        << text_of(before) << "\n"
        << text_of(after);
    EXPECT_EQ(proof.policy.effect, Effect::kAllow);
    EXPECT_NE(proof.bound.effect, Effect::kAllow);
    ++caught[what];
    ++done;
  }
  EXPECT_EQ(done, changes_wanted());
  for (const auto& [what, count] : caught) std::printf("  %3d %s\n", count, what.c_str());
  EXPECT_EQ(caught.size(), 8U);
}

TEST(ProveMutation, NarrowingsAndRewritingsAreProved) {
  const auto documents = policies();
  ASSERT_FALSE(documents.empty());
  std::map<std::string, int> proved;
  int done = 0, unknown = 0;
  for (unsigned seed = 0; done < changes_wanted() && seed < 20'000; ++seed) {
    Changer changer(seed);
    const auto& before = documents[changer.below(documents.size())];
    auto after = before;
    const auto what = changer.narrow(after);
    if (what.empty()) continue;
    const auto proof = proof_of(before, after);
    ++done;
    ASSERT_NE(proof.answer, Proof::kCounterExample)
        << "seed " << seed << ": " << what << ": " << proof.call.action << " "
        << proof.call.resource << "\n"
        << text_of(before) << "\n"
        << text_of(after);
    unknown += proof.answer == Proof::kUnknown;
    ++proved[what];
  }
  EXPECT_EQ(done, changes_wanted());
  EXPECT_LE(unknown, done / 50);
  for (const auto& [what, count] : proved) std::printf("  %3d %s\n", count, what.c_str());
  std::printf("  %d not known\n", unknown);
}

}  // namespace
}  // namespace strait::analysis
