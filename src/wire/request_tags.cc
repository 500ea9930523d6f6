// SPDX-License-Identifier: Apache-2.0
#include "wire/request_tags.h"

#include <algorithm>
#include <array>

#include "wire/input_path.h"
#include "wire/key_text.h"

namespace strait::wire {
namespace {

using journey::ContextEntry;

const std::string* first_text(const codec::Value& value,
                              std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    const auto* found = value.find(name);
    if (found != nullptr && found->string() != nullptr) return found->string();
  }
  return nullptr;
}

constexpr auto kTagMembers = std::to_array<std::string_view>(
    {"Tags", "tags", "TagList", "tagList", "TagSet", "Tagging", "ResourceTags"});

constexpr auto kTagKeyMembers =
    std::to_array<std::string_view>({"TagKeys", "tagKeys", "TagKeyList"});

std::vector<Tag> tags_of(const codec::Value& input) {
  std::vector<Tag> tags;
  for (const auto name : kTagMembers) {
    if (const auto* value = input.find(name)) collect_tags(*value, tags);
  }
  if (const auto* specifications = input.find("TagSpecifications");
      specifications && specifications->list()) {
    for (const auto& one : *specifications->list()) {
      if (const auto* inner = one.find("Tags")) collect_tags(*inner, tags);
    }
  }
  return tags;
}

bool names_tags(std::string_view name) {
  for (std::size_t at = 0; at + 3 <= name.size(); ++at) {
    if (name.substr(at, 3) == "tag" || name.substr(at, 3) == "Tag") return true;
  }
  return false;
}

bool is_known_place(std::string_view name) {
  return std::ranges::find(kTagMembers, name) != kTagMembers.end() || name == "TagSpecifications" ||
         std::ranges::find(kTagKeyMembers, name) != kTagKeyMembers.end();
}

// Whether something that looks like tags stands where tags_of does not look. Which of them AWS
// takes for the request's tags is then not known.
bool has_other_tags(const codec::Value& value, bool top) {
  if (const auto* list = value.list()) {
    return std::ranges::any_of(*list,
                               [](const codec::Value& one) { return has_other_tags(one, false); });
  }
  const auto* object = value.object();
  if (object == nullptr) return false;
  return std::ranges::any_of(*object, [&](const codec::Member& member) {
    if (top && is_known_place(member.name)) return false;
    const bool holds = member.value.list() != nullptr || member.value.object() != nullptr;
    return (holds && names_tags(member.name)) || has_other_tags(member.value, false);
  });
}

}  // namespace

void collect_tags(const codec::Value& value, std::vector<Tag>& out) {
  if (const auto* list = value.list()) {
    for (const auto& element : *list) {
      const auto* key = first_text(element, {"Key", "key", "TagKey", "tagKey"});
      const auto* text = first_text(element, {"Value", "value", "TagValue", "tagValue"});
      if (key != nullptr) out.push_back({*key, text == nullptr ? std::string() : *text});
    }
  } else if (const auto* object = value.object()) {
    if (const auto* set = value.find("TagSet")) return collect_tags(*set, out);
    for (const auto& member : *object) {
      if (member.value.string() != nullptr) out.push_back({member.name, *member.value.string()});
    }
  }
}

void add_request_tags(const codec::Value& input, std::vector<ContextEntry>& out) {
  ContextEntry keys{.key = "aws:TagKeys", .values = {}, .unknown = false};
  for (auto& tag : tags_of(input)) {
    auto name = "aws:RequestTag/" + tag.key;
    const auto seen =
        std::ranges::find_if(out, [&](const auto& entry) { return same_key(entry.key, name); });
    if (seen == out.end()) {
      out.push_back({.key = std::move(name), .values = {tag.value}, .unknown = false});
    } else if (seen->values != std::vector{tag.value}) {
      // The same tag with two values in one request: policy must not pick one.
      seen->values.clear();
      seen->unknown = true;
    }
    if (std::ranges::find(keys.values, tag.key) == keys.values.end())
      keys.values.push_back(std::move(tag.key));
  }
  for (const auto name : kTagKeyMembers) {
    for (auto& hit : walk_path(input, std::string(name) + "[]"))
      keys.values.push_back(std::move(hit.text));
  }
  ContextEntry others{.key = "aws:RequestTag/*", .values = {}, .unknown = false};
  if (has_other_tags(input, true)) {
    keys.values.clear();
    keys.unknown = others.unknown = true;
  }
  out.push_back(std::move(keys));
  out.push_back(std::move(others));
}

}  // namespace strait::wire
