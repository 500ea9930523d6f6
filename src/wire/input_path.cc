// SPDX-License-Identifier: Apache-2.0
#include "wire/input_path.h"

#include <functional>

#include "catalog/catalog.h"
#include "wire/scalar.h"

namespace strait::wire {
namespace {

// nullptr: the last member of the path is absent from an element of a list or a map.
using Visitor = std::function<void(const codec::Value*)>;

struct Walk {
  std::string_view path;
  std::vector<std::pair<std::string_view, std::size_t>> steps;
  const Visitor& visit;

  // `at` is where in the path the next member name begins.
  void from(const codec::Value& value, std::size_t at) {
    if (at >= path.size()) return visit(&value);
    const auto end = std::min(path.find_first_of(".[{", at), path.size());
    const auto* next = value.find(path.substr(at, end - at));
    if (end == path.size()) {
      if (next != nullptr || !steps.empty()) visit(next);
      return;
    }
    if (next == nullptr) return;
    if (path[end] == '.') return from(*next, end + 1);
    if (path[end] == '[') return each_element(*next, end + 2);
    return each_entry(*next, end);
  }

  // Past "[]", "{}" or "{key}": the end of the path, or a dot before the next name.
  void onward(const codec::Value& value, std::size_t end) {
    if (end >= path.size()) return visit(&value);
    if (path[end] == '[') return each_element(value, end + 2);
    if (path[end] == '{') return each_entry(value, end);
    from(value, end + 1);
  }

  void each_element(const codec::Value& value, std::size_t end) {
    const auto* list = value.list();
    if (list == nullptr) return;
    for (std::size_t index = 0; index < list->size(); ++index) {
      steps.emplace_back(path.substr(0, end), index);
      onward((*list)[index], end);
      steps.pop_back();
    }
  }

  void each_entry(const codec::Value& value, std::size_t open) {
    const auto* entries = value.object();
    if (entries == nullptr) return;
    const bool keys = path.substr(open).starts_with("{key}");
    const auto end = open + (keys ? 5 : 2);
    for (std::size_t index = 0; index < entries->size(); ++index) {
      // Key and value of one entry belong together, so both are remembered under the value's step.
      steps.emplace_back(path.substr(0, open), index);
      if (keys) {
        const codec::Value name((*entries)[index].name);
        visit(&name);
      } else {
        onward((*entries)[index].value, end);
      }
      steps.pop_back();
    }
  }
};

std::vector<PathHit> walked(const codec::Value& input, std::string_view path, bool absent_too) {
  std::vector<PathHit> hits;
  Walk* current = nullptr;
  const Visitor visit = [&](const codec::Value* value) {
    std::string text;
    if (value == nullptr ? absent_too
                         : write_scalar(text, *value, catalog::TimestampFormat::kIso8601))
      hits.push_back({std::move(text), current->steps});
  };
  Walk walk{path, {}, visit};
  current = &walk;
  walk.from(input, 0);
  return hits;
}

}  // namespace

std::vector<PathHit> walk_path(const codec::Value& input, std::string_view path) {
  return walked(input, path, false);
}

std::vector<PathHit> walk_elements(const codec::Value& input, std::string_view path) {
  return walked(input, path, true);
}

bool path_present(const codec::Value& input, std::string_view path) {
  bool present = false;
  const Visitor visit = [&](const codec::Value* value) {
    present = present || (value != nullptr && !value->is_null());
  };
  Walk{path, {}, visit}.from(input, 0);
  return present;
}

bool same_elements(const PathHit& a, const PathHit& b) {
  for (const auto& [prefix, index] : a.steps) {
    for (const auto& [other, at] : b.steps) {
      if (prefix == other && index != at) return false;
    }
  }
  return true;
}

}  // namespace strait::wire
