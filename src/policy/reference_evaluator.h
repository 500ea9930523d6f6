// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdlib.h>
#include <time.h>

#include <algorithm>
#include <bitset>
#include <cstdio>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "journey/call.h"
#include "journey/verdict.h"
#include "policy/document.h"

// A second evaluator, slow and naive, written from the IAM user guide and the rules in judge.h, for
// tests. It shares nothing with the first but the data they are asked about: it matches by trying
// every way, compares numbers as doubles and addresses as texts of bits.
namespace strait::policy::testing {

using journey::Effect;

// What a test makes up: a statement, and a file of them.
struct Made {
  StatementText text;
  bool ask = false;
  std::string json() const;
};

inline std::string list_json(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const auto& item : items) out += (out.size() > 1 ? ",\"" : "\"") + item + "\"";
  return out + "]";
}

inline std::string Made::json() const {
  std::string out = std::string(R"({"Effect":")") + (text.allow ? "Allow" : "Deny") + "\",\"" +
                    (text.not_action ? "NotAction" : "Action") + "\":" + list_json(text.actions) +
                    ",\"" + (text.not_resource ? "NotResource" : "Resource") +
                    "\":" + list_json(text.resources);
  if (!text.conditions.empty()) {
    out += ",\"Condition\":{";
    for (std::size_t i = 0; i < text.conditions.size(); ++i) {
      const auto& c = text.conditions[i];
      out += (i > 0 ? ",\"" : "\"") + c.op + "\":{\"" + c.key + "\":" + list_json(c.values) + "}";
    }
    out += "}";
  }
  return out + "}";
}

// Kleene logic with an empty optional for unknown.
using Maybe = std::optional<bool>;
inline Maybe either_of(Maybe a, Maybe b) {
  if (a == true || b == true) return true;
  return a && b ? Maybe(false) : std::nullopt;
}
inline Maybe not_of(Maybe a) { return a ? Maybe(!*a) : a; }
inline Maybe both_of(Maybe a, Maybe b) { return not_of(either_of(not_of(a), not_of(b))); }

class Reference {
 public:
  explicit Reference(const std::vector<journey::ContextEntry>& entries) : context(entries) {}

  Effect decide(const std::vector<Made>& statements, const journey::Need& need) const {
    bool asks = false, gates = false, allows = false;
    for (const auto& s : statements) {
      const auto hit = applies(s.text, need);
      const bool may = hit != Maybe(false);
      if (!s.text.allow && may) return Effect::kDeny;
      const bool counts = need.classes == 0 || names(s.text, need);
      if (s.text.allow && s.ask && may) (counts ? asks : gates) = true;
      if (s.text.allow && !s.ask && hit == true && counts) allows = true;
    }
    if (asks) return Effect::kAsk;
    if (!allows) return Effect::kDeny;
    return gates ? Effect::kAsk : Effect::kAllow;
  }

 private:
  const journey::ContextEntry* entry(const std::string& key) const {
    for (const auto& e : context) {
      if (e.key == key) return &e;
    }
    return nullptr;  // unknown
  }

  // A pattern as a list of one-letter instructions: 'c' literal, '?' and '*' wildcards, and both
  // limited to an ARN part.
  struct Item {
    char kind;
    char c;
  };
  struct Expanded {
    std::vector<Item> items;
    bool null = false;
    bool unknown = false;
  };

  Expanded expand(std::string text, bool wild, bool arn, bool star_may_cross) const {
    Expanded out;
    int colons = 0;
    const auto literal = [&](char c) { out.items.push_back({'c', c}), colons += c == ':'; };
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool part = arn && colons < 5;
      if (text[i] == '$' && text[i + 1] == '{') {
        const auto end = text.find('}', i);
        const auto name = text.substr(i + 2, end - i - 2);
        i = end;
        if (name == "*" || name == "?" || name == "$") {
          literal(name[0]);
          continue;
        }
        const auto comma = name.find(',');
        const auto* found = entry(name.substr(0, comma));
        if (found == nullptr || found->unknown || found->values.size() > 1) {
          out.unknown = true, out.items.push_back({'*', 0});
        } else if (found->values.empty() && comma == std::string::npos) {
          out.null = true;
        } else {
          const auto value = found->values.empty() ? name.substr(comma + 3, name.size() - comma - 4)
                                                   : found->values[0];
          for (const char c : value) out.items.push_back({'c', c});
        }
      } else if (wild && text[i] == '?') {
        out.items.push_back({part ? 'q' : '?', 0});
      } else if (wild && text[i] == '*') {
        const bool ends = i + 1 == text.size() || (star_may_cross && text[i + 1] == ':');
        out.items.push_back({part && !ends ? 's' : '*', 0});
      } else {
        literal(text[i]);
      }
    }
    return out;
  }

  static bool fits(std::span<const Item> items, std::string_view text) {
    if (items.empty()) return text.empty();
    const auto rest = items.subspan(1);
    switch (items[0].kind) {
      case 'c': return !text.empty() && text[0] == items[0].c && fits(rest, text.substr(1));
      case '?': return !text.empty() && fits(rest, text.substr(1));
      case 'q': return !text.empty() && text[0] != ':' && fits(rest, text.substr(1));
      default:
        for (std::size_t n = 0; n <= text.size(); ++n) {
          if (fits(rest, text.substr(n))) return true;
          if (items[0].kind == 's' && n < text.size() && text[n] == ':') return false;
        }
        return false;
    }
  }

  Maybe matches(const std::string& pattern, const std::string& text, bool wild, bool arn,
                bool cross, bool folded = false) const {
    auto expanded = expand(pattern, wild, arn, cross);
    if (folded) {
      for (auto& item : expanded.items) item.c = static_cast<char>(std::tolower(item.c));
    }
    if (expanded.null || !fits(expanded.items, folded ? lower(text) : text)) return false;
    return expanded.unknown ? std::nullopt : Maybe(true);
  }

  // The whole text as a number, a date (as seconds, "2026-11-23T01:02:03Z" or seconds in digits),
  // bytes, or an address with the bits that count. Only spellings that the world below makes.
  static std::optional<double> number(const std::string& text) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    const bool digits = text.find_first_not_of("+-.0123456789") == std::string::npos;
    if (text.empty() || !digits || *end != 0) return std::nullopt;
    return value;
  }
  static std::optional<double> date(const std::string& text) {
    std::tm tm{};
    const char* end = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &tm);
    if (end != nullptr && *end == 0) return static_cast<double>(::timegm(&tm));
    const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
    return digits && text.size() != 4 ? number(text) : std::nullopt;
  }
  static std::optional<std::string> bytes(const std::string& text) {
    static const std::string kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (text.size() % 4 != 0) return std::nullopt;
    std::string bits, out;
    for (const char c : text.substr(0, text.find('='))) {
      const auto at = kAlphabet.find(c);
      if (at == std::string::npos) return std::nullopt;
      bits += std::bitset<6>(at).to_string();
    }
    for (std::size_t at = 0; at + 8 <= bits.size(); at += 8)
      out += static_cast<char>(std::bitset<8>(bits, at, 8).to_ulong());
    return out;
  }
  struct Range {
    std::string family, bits;
    std::size_t counts = 0;
  };
  static std::optional<Range> range(const std::string& text) {
    const auto slash = text.find('/');
    unsigned a = 0, b = 0, c = 0, d = 0, word = 0;
    char rest = 0;
    Range made;
    if (std::sscanf(text.substr(0, slash).c_str(), "%u.%u.%u.%u%c", &a, &b, &c, &d, &rest) == 4) {
      made = {"4", std::bitset<32>(a << 24 | b << 16 | c << 8 | d).to_string(), 32};
    } else if (std::sscanf(text.c_str(), "2001:db8::%x%c", &word, &rest) >= 1) {
      const auto low = std::bitset<16>(word).to_string();
      made = {"6", std::bitset<32>(0x20010db8).to_string() + std::string(80, '0') + low, 128};
    } else {
      return std::nullopt;
    }
    if (slash != std::string::npos) made.counts = std::stoul(text.substr(slash + 1));
    return made;
  }
  static Maybe order(const std::string& op, std::optional<double> a, std::optional<double> b) {
    if (!a || !b) return std::nullopt;
    if (op.ends_with("GreaterThanEquals")) return *a >= *b;
    if (op.ends_with("LessThanEquals")) return *a <= *b;
    if (op.ends_with("GreaterThan")) return *a > *b;
    if (op.ends_with("LessThan")) return *a < *b;
    return *a == *b;
  }

  Maybe compare(const std::string& op, const std::string& value, const std::string& wanted) const {
    if (op == "StringEquals") return matches(wanted, value, false, false, false);
    if (op == "StringEqualsIgnoreCase")
      return matches(wanted, value, false, false, false, /*folded=*/true);
    if (op == "StringLike") return matches(wanted, value, true, false, false);
    if (op.starts_with("Arn")) {
      if (!value.starts_with("arn:") || std::ranges::count(value, ':') < 5) return std::nullopt;
      return matches(wanted, value, true, true, false);
    }
    if (op == "Bool")
      return value == "true" || value == "false" ? Maybe(value == wanted) : std::nullopt;
    if (op.starts_with("Date")) return order(op, date(value), date(wanted));
    if (op.starts_with("Numeric")) return order(op, number(value), number(wanted));
    if (op == "BinaryEquals") {
      const auto said = bytes(value);
      return said ? Maybe(*said == *bytes(wanted)) : std::nullopt;
    }
    const auto address = range(value);
    if (!address) return std::nullopt;
    const auto network = *range(wanted);
    return address->family == network.family &&
           address->bits.substr(0, network.counts) == network.bits.substr(0, network.counts);
  }

  Maybe condition(const ConditionText& c) const {
    auto op = c.op;
    const auto cut = [&op](const std::string& word) {
      const auto at = op.find(word);
      if (at == std::string::npos) return false;
      op.erase(at, word.size());
      return true;
    };
    const bool all = cut("ForAllValues:");
    const bool any = cut("ForAnyValue:");
    const bool if_exists = cut("IfExists");
    const auto* found = entry(c.key);
    if (found == nullptr || found->unknown) return std::nullopt;
    if (op == "Null") return (c.values[0] == "true") == found->values.empty();
    const bool negated = cut("Not");
    if (found->values.empty()) return !any && (if_exists || all || negated);
    if (!all && !any && found->values.size() > 1) return std::nullopt;
    Maybe result = !any;
    for (const auto& value : found->values) {
      Maybe one = false;
      for (const auto& wanted : c.values) one = either_of(one, compare(op, value, wanted));
      if (negated) one = not_of(one);
      result = any ? either_of(result, one) : both_of(result, one);
    }
    return result;
  }

  static std::string lower(std::string text) {
    for (auto& c : text) c = static_cast<char>(std::tolower(c));
    return text;
  }

  // The numbers of catalog::Class, from the words that the documentation lists.
  static bool is_of_class(const journey::Need& need, const std::string& word) {
    static const std::map<std::string, int> kNumbers{{"strait:class/returns-credentials", 1},
                                                     {"strait:class/pass-role", 2},
                                                     {"strait:class/run-code", 4},
                                                     {"strait:class/edit-policy", 8},
                                                     {"strait:class/edit-trust", 16}};
    const auto found = kNumbers.find(word);
    return found != kNumbers.end() && need.classes / found->second % 2 == 1;
  }

  Maybe applies(const StatementText& s, const journey::Need& need) const {
    Maybe action = false;
    for (const auto& a : s.actions) {
      if (is_of_class(need, lower(a))) action = true;
      std::vector<Item> items;
      for (const char c : lower(a)) items.push_back({c == '*' || c == '?' ? c : 'c', c});
      action = either_of(action, fits(items, lower(need.action)));
    }
    Maybe resource = false;
    for (const auto& r : s.resources)
      resource = either_of(resource, matches(r, need.resource, true, true, true));
    Maybe result = both_of(s.not_action ? not_of(action) : action,
                           s.not_resource ? not_of(resource) : resource);
    for (const auto& c : s.conditions) result = both_of(result, condition(c));
    return result;
  }

  static bool names(const StatementText& s, const journey::Need& need) {
    if (s.not_action || s.not_resource) return false;
    for (const auto& a : s.actions) {
      if (lower(a) == lower(need.action) || is_of_class(need, lower(a))) return true;
    }
    return false;
  }

  const std::vector<journey::ContextEntry>& context;
};

}  // namespace strait::policy::testing
