// SPDX-License-Identifier: Apache-2.0
// What AWS judges a call on is always among what it needs: for every resource row of every
// operation a thing is made up, with an ARN of the published format, and named in an input as
// people would name it.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "wire/ask_test.h"
#include "wire/input_path.h"
#include "wire/pattern_text.h"

namespace strait::wire {
namespace {

using catalog::ActionRow;
using catalog::Binding;
using catalog::ResourceRow;
using catalog::Trigger;
using journey::Call;

// Whether `text` is among the texts of a need's pattern. The plain reading of journey::Need.
bool in_pattern(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.starts_with("${") && pattern.size() > 3 && pattern[3] == '}') {
    return !text.empty() && text[0] == pattern[2] && in_pattern(pattern.substr(4), text.substr(1));
  }
  if (pattern[0] == '*') {
    const bool before_a_colon = pattern.size() > 1 && pattern[1] == ':';
    for (std::size_t at = 0; at <= text.size(); ++at) {
      if (in_pattern(pattern.substr(1), text.substr(at))) return true;
      if (before_a_colon && at < text.size() && text[at] == ':') return false;
    }
    return false;
  }
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         in_pattern(pattern.substr(1), text.substr(1));
}

bool is_on(const journey::Need& need, std::string_view arn) {
  if (need.pattern || !need.derived) return in_pattern(need.resource, arn);
  return need.resource == arn;
}

// Puts `text` where `path` leads, with one element in every list and map on the way.
void put(codec::Value& at, std::string_view path, const std::string& text) {
  if (path.empty()) {
    at = codec::Value(text);
    return;
  }
  if (path.starts_with("[]")) {
    if (at.list() == nullptr) at = codec::List{codec::Value()};
    return put(at.list()->front(), path.substr(2), text);
  }
  if (path.starts_with('{')) {
    const bool key = path.starts_with("{key}");
    const auto rest = path.substr(key ? 5 : 2);
    if (at.object() == nullptr) at = codec::Object{{key ? text : "k", codec::Value()}};
    auto& entry = at.object()->front();
    if (key) entry.name = text;
    return key ? void() : put(entry.value, rest, text);
  }
  if (path.starts_with('.')) path.remove_prefix(1);
  const auto end = std::min(path.find_first_of(".[{"), path.size());
  if (at.object() == nullptr) at = codec::Object{};
  auto& members = *at.object();
  auto found = std::ranges::find(members, path.substr(0, end), &codec::Member::name);
  if (found == members.end())
    found = members.insert(members.end(), {std::string(path.substr(0, end)), codec::Value()});
  put(found->value, path.substr(end), text);
}

std::string_view path_of(std::string_view member) {
  return member.substr(0, member.find_first_of("|?"));
}
std::string_view transform_of(std::string_view member) {
  member = member.substr(0, member.find('?'));
  const auto bar = member.find('|');
  return bar == std::string_view::npos ? std::string_view() : member.substr(bar + 1);
}

// A thing as it is, and how a request says it.
struct Thing {
  std::string name;  // what stands in the ARN
  std::string said;
};

class World {
 public:
  std::string word(std::string_view more = "") {
    const auto letters = "abcxyz0189" + std::string(more);
    std::string out;
    for (auto left = 3 + random_() % 6; left > 0; --left)
      out += letters[random_() % letters.size()];
    return out;
  }

  // nullopt: a request has no way to say it so.
  std::optional<Thing> thing(std::string_view transform) {
    if (transform.empty()) return same(word(random_() % 8 == 0 ? "*?${}" : "-_"));
    const auto name = word();
    if (transform == "s3_bucket" || transform == "iam_new" || transform == "custom_bus" ||
        transform == "arn_name" || transform == "kms_key")
      return same(name);
    if (transform == "iam_name") return Thing{random_() % 2 == 0 ? name : "a/b/" + name, name};
    if (transform == "last") return Thing{name, "/some/" + name};
    if (transform == "last_colon") return Thing{name, "some:" + name};
    if (transform == "log_group") return same("/" + name + "/x");
    if (transform == "function") return same(random_() % 2 == 0 ? name : name + ":" + word());
    if (transform == "secret") return Thing{name + "-a1B2c3", name};
    if (transform == "revision") return Thing{name + ":7", random_() % 2 == 0 ? name : name + ":7"};
    if (transform == "ssm")
      return Thing{name + "/p", random_() % 2 == 0 ? "/" + name + "/p" : name + "/p:3"};
    if (transform == "sqs_url")
      return Thing{name, "https://sqs.us-east-1.amazonaws.com/123456789012/" + name};
    if (transform == "kms_alias") return Thing{name, "alias/" + name};
    if (transform.starts_with("begins:")) return same("us." + name + ".m-v1:0");
    if (transform.starts_with("after:")) return Thing{name + ".m-v1:0", "eu." + name + ".m-v1:0"};
    if (transform.starts_with("not:")) return same(name + ".m-v1:0");
    if (transform.starts_with("lacks:")) return same(name);
    return std::nullopt;  // ec2_type, s3_source, partiql_table: named by two parts of one text
  }

 private:
  static Thing same(std::string name) { return {name, name}; }
  std::mt19937 random_{11};
};

std::string with_variables(std::string_view pattern,
                           const std::map<std::string, std::string>& values, World& world) {
  std::string out;
  while (!pattern.empty()) {
    if (pattern[0] == '*') {
      out += world.word();
      pattern.remove_prefix(1);
    } else if (pattern.starts_with("${")) {
      const auto close = pattern.find('}');
      const auto found = values.find(std::string(pattern.substr(2, close - 2)));
      out += found == values.end() ? world.word() : found->second;
      pattern.remove_prefix(close + 1);
    } else {
      out += pattern[0];
      pattern.remove_prefix(1);
    }
  }
  return out;
}

struct Example {
  std::string arn;
  Call call;
};

Call empty_call(catalog::Operation operation) {
  Call call{real_catalog(), operation, {}, operation.service().protocols()[0]};
  call.partition = "aws";
  call.region = "us-east-1";
  call.account = "123456789012";
  call.host = "127.0.0.1:4180";
  call.input = codec::Object{};
  return call;
}

// A thing of the row, named by its parts or, with `whole`, by its ARN. nullopt: not so.
std::optional<Example> example(catalog::Operation operation, const ActionRow& row,
                               const ResourceRow& resource, World& world, bool whole) {
  Example out{"", empty_call(operation)};
  std::map<std::string, std::string> values{
      {"Partition", "aws"}, {"Region", "us-east-1"}, {"Account", "123456789012"}};
  const Binding* last = nullptr;
  std::vector<Binding> bindings;
  for (const auto& binding : resource.bindings) bindings.push_back(binding);
  for (const auto& binding : bindings) {
    if (binding.variable == "Account") continue;
    const bool constant = binding.member.starts_with('=');
    if (constant) values[std::string(binding.variable)] = binding.member.substr(1);
    if (constant || binding.member.empty()) continue;
    if (binding.member == "*") {
      if (!whole || binding.variable != "Region")
        values[std::string(binding.variable)] = world.word();
      continue;
    }
    last = &binding;
    if (binding.variable.empty()) continue;
    const auto thing = world.thing(transform_of(binding.member));
    if (!thing) return std::nullopt;
    values[std::string(binding.variable)] = thing->name;
    put(out.call.input, path_of(binding.member), thing->said);
  }
  if (last == nullptr || (last->variable.empty() && !whole)) return std::nullopt;
  out.arn = with_variables(resource.pattern, values, world);
  if (whole) put(out.call.input, path_of(last->member), out.arn);
  const bool conditional = row.trigger == Trigger::kMemberPresent;
  if (conditional && !path_present(out.call.input, path_of(row.member)))
    put(out.call.input, path_of(row.member), "x");
  if (row.trigger == Trigger::kMemberAbsent && path_present(out.call.input, path_of(row.member)))
    return std::nullopt;
  return out;
}

struct Tally {
  int tried = 0, exact = 0;
  std::map<std::string, std::string> refused, wrong;
};

void try_row(catalog::Operation operation, const ActionRow& row, const ResourceRow& resource,
             World& world, bool whole, Tally& tally) {
  const auto made = example(operation, row, resource, world, whole);
  if (!made) return;
  ++tally.tried;
  const auto name = std::string(operation.service().name()) + ":" + std::string(operation.name()) +
                    " " + std::string(row.action);
  const auto needs = needs_of(made->call);
  if (!needs) {
    tally.refused[name] = made->arn + ": " + needs.error().message;
    return;
  }
  std::string shown = made->arn;
  for (const auto& need : *needs) {
    if (need.action != row.action) continue;
    shown += "\n    " + need.resource + (need.pattern ? " ~" : "") + (need.derived ? "" : " ?");
    if (!is_on(need, made->arn)) continue;
    tally.exact += need.pattern ? 0 : 1;
    return;
  }
  tally.wrong[name] = shown;
}

TEST(TrueArn, IsAlwaysAmongWhatTheCallNeeds) {
  STRAIT_NEEDS_PACK();
  World world;
  Tally tally;
  const auto catalog = real_catalog();
  for (std::uint32_t at = 0; at < catalog->service_count(); ++at) {
    const auto service = catalog->service(at);
    for (std::uint32_t number = 0; number < service.operation_count(); ++number) {
      const auto operation = service.operation(number);
      for (const auto& row : operation.actions()) {
        if (row.trigger == Trigger::kMay || row.trigger == Trigger::kPartiql) continue;
        for (const auto& resource : row.resources) {
          for (const bool whole : {false, true})
            try_row(operation, row, resource, world, whole, tally);
        }
      }
    }
  }
  std::string wrong;
  for (const auto& [name, why] : tally.wrong) wrong += name + ": " + why + "\n";
  std::string refused;
  for (const auto& [name, why] : tally.refused) refused += name + ": " + why + "\n";
  EXPECT_TRUE(tally.wrong.empty()) << tally.wrong.size() << " of " << tally.tried << "\n" << wrong;
  EXPECT_TRUE(tally.refused.empty()) << tally.refused.size() << "\n" << refused;
  EXPECT_GT(tally.tried, 20'000);
  EXPECT_GT(tally.exact, tally.tried / 2);
}

}  // namespace
}  // namespace strait::wire
