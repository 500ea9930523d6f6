// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/rules.h"

#include <algorithm>

#include "catalog/compiler/model.h"

namespace strait::catalog::compiler {
namespace {

using codec::Value;

bool region_of_form(std::string_view prefixes, std::string_view region) {
  for (std::string_view rest = prefixes; !rest.empty();) {
    const auto end = std::min(rest.find('|'), rest.size());
    const auto prefix = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!region.starts_with(prefix) || region.substr(prefix.size(), 1) != "-") continue;
    const auto tail = region.substr(prefix.size() + 1);
    const auto dash = tail.find('-');
    if (dash == std::string_view::npos || dash == 0 || dash + 1 == tail.size()) continue;
    const auto digits = tail.substr(dash + 1);
    if (std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })) return true;
  }
  return false;
}

// RFC 1123 labels, as isValidHostLabel has them.
bool host_label(std::string_view text, bool dots) {
  if (dots) {
    for (auto rest = text;;) {
      const auto dot = rest.find('.');
      if (!host_label(rest.substr(0, dot), false)) return false;
      if (dot == std::string_view::npos) return true;
      rest.remove_prefix(dot + 1);
    }
  }
  const auto fine = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, fine);
}

// One evaluation: the parameters and what conditions have assigned. An absent value is null.
class Evaluation {
 public:
  Evaluation(const std::vector<PartitionInfo>& partitions, Parameters scope)
      : partitions_(partitions), scope_(std::move(scope)) {}

  // The rule that answers, or null. Rules are tried in order; a tree's own rules decide for it.
  const Value* first(const Value& rules) {
    if (!rules.list()) return nullptr;
    for (const auto& rule : *rules.list()) {
      const auto depth = scope_.size();
      if (holds(rule)) {
        const auto* children = rule.find("rules");
        const auto* answer = children ? first(*children) : &rule;
        if (answer) return answer;  // what its conditions assigned is needed to render it
      }
      scope_.resize(depth);
    }
    return nullptr;
  }

  Value value(const Value& expression) {
    if (expression.string()) return render(*expression.string());
    if (const auto* ref = expression.find("ref"); ref && ref->string())
      return named(*ref->string());
    if (expression.find("fn")) return call(expression);
    return expression;
  }

 private:
  bool holds(const Value& rule) {
    const auto* conditions = rule.find("conditions");
    if (!conditions || !conditions->list()) return true;
    for (const auto& condition : *conditions->list()) {
      const auto result = call(condition);
      if (result.is_null() || (result.boolean() && !*result.boolean())) return false;
      if (const auto name = text_of(condition, "assign"); !name.empty())
        scope_.emplace_back(name, result);
    }
    return true;
  }

  Value named(std::string_view name) const {
    const auto found = std::find_if(scope_.rbegin(), scope_.rend(),
                                    [&](const auto& pair) { return pair.first == name; });
    return found == scope_.rend() ? Value{} : found->second;
  }

  // "{Region}" and "{PartitionResult#dnsSuffix}" in text.
  Value render(std::string_view text) const {
    std::string out;
    while (!text.empty()) {
      const auto open = std::min(text.find('{'), text.size());
      out += text.substr(0, open);
      text.remove_prefix(open);
      if (text.empty()) break;
      const auto close = text.find('}');
      if (close == std::string_view::npos) return {};
      const auto inner = text.substr(1, close - 1);
      const auto hash = inner.find('#');
      auto part = named(inner.substr(0, hash));
      if (hash != std::string_view::npos) part = attribute(part, inner.substr(hash + 1));
      if (!part.string()) return {};
      out += *part.string();
      text.remove_prefix(close + 1);
    }
    return Value(std::move(out));
  }

  static Value attribute(const Value& object, std::string_view path) {
    const auto* found = object.find(path);
    return found ? *found : Value{};
  }

  Value partition(const Value& region) const {
    const auto* found = region.string() ? partition_of(partitions_, *region.string()) : nullptr;
    return found ? found->outputs : Value{};
  }

  Value call(const Value& expression) {
    const auto name = text_of(expression, "fn");
    const auto* list = expression.find("argv");
    if (!list || !list->list() || list->list()->empty()) return {};
    const auto& arguments = *list->list();
    const auto left = value(arguments[0]);
    if (name == "isSet") return Value(!left.is_null());
    if (name == "not") return Value(left.is_null() || (left.boolean() && !*left.boolean()));
    if (name == "aws.partition") return partition(left);
    if (arguments.size() < 2 || left.is_null()) return {};
    const auto right = value(arguments[1]);
    if (name == "booleanEquals" || name == "stringEquals") return Value(left == right);
    if (name == "getAttr" && right.string()) return attribute(left, *right.string());
    if (name == "isValidHostLabel" && left.string())
      return Value(host_label(*left.string(), right.boolean() && *right.boolean()));
    return {};
  }

  const std::vector<PartitionInfo>& partitions_;
  Parameters scope_;
};

void add_signing(Evaluation& evaluation, const Value& endpoint, ResolvedEndpoint& out) {
  const auto* properties = endpoint.find("properties");
  const auto* schemes = properties ? properties->find("authSchemes") : nullptr;
  if (!schemes || !schemes->list()) return;
  for (const auto& scheme : *schemes->list()) {
    if (text_of(scheme, "name") != "sigv4") continue;
    const auto text = [&](std::string_view name) {
      const auto* member = scheme.find(name);
      const auto rendered = member ? evaluation.value(*member) : Value{};
      return rendered.string() ? *rendered.string() : std::string{};
    };
    out.signing_region = text("signingRegion");
    out.signing_name = text("signingName");
    return;
  }
}

}  // namespace

const PartitionInfo* partition_of(const std::vector<PartitionInfo>& partitions,
                                  std::string_view region) {
  for (const auto& partition : partitions) {
    if (std::ranges::find(partition.regions, region) != partition.regions.end()) return &partition;
  }
  for (const auto& partition : partitions) {
    if (region_of_form(partition.prefixes, region)) return &partition;
  }
  return nullptr;
}

bool Rules::takes(std::string_view parameter) const {
  const auto* parameters = rule_set_.find("parameters");
  return parameters && parameters->find(parameter);
}

std::optional<ResolvedEndpoint> Rules::resolve(const Parameters& given) const {
  Parameters scope;
  if (const auto* parameters = rule_set_.find("parameters"); parameters && parameters->object()) {
    for (const auto& [name, parameter] : *parameters->object()) {
      if (const auto* preset = parameter.find("default")) scope.emplace_back(name, *preset);
    }
  }
  scope.insert(scope.end(), given.begin(), given.end());
  Evaluation evaluation(partitions_, std::move(scope));
  const auto* rules = rule_set_.find("rules");
  const auto* rule = rules ? evaluation.first(*rules) : nullptr;
  const auto* endpoint = rule ? rule->find("endpoint") : nullptr;
  const auto* template_url = endpoint ? endpoint->find("url") : nullptr;
  if (!template_url) return std::nullopt;
  const auto url = evaluation.value(*template_url);
  constexpr std::string_view kScheme = "https://";
  if (!url.string() || !url.string()->starts_with(kScheme)) return std::nullopt;
  const auto rest = url.string()->substr(kScheme.size());
  const auto slash = std::min(rest.find('/'), rest.size());
  ResolvedEndpoint out{rest.substr(0, slash), rest.substr(slash), {}, {}};
  if (out.path == "/") out.path.clear();
  add_signing(evaluation, *endpoint, out);
  return out;
}

}  // namespace strait::catalog::compiler
