// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/toml_reader.h"

#include <fmt/format.h>

#include "base/nearest.h"
#include "programs/strait/config.h"

namespace strait::programs {

Error at_line(const std::string& file, const toml::source_region& region,
              const std::string& message) {
  return error(ErrorCode::kInvalidConfiguration,
               fmt::format("{}:{}: {}", file, region.begin.line, message));
}

void TomlReader::refuse(const toml::node* at, std::string message) {
  if (!error_)
    error_ = at_line(file_, at != nullptr ? at->source() : table_.source(), std::move(message));
}

const toml::node* TomlReader::take(std::string_view key) {
  asked_.emplace(key);
  return table_.get(key);
}

std::string TomlReader::text(std::string_view key, std::string fallback) {
  const auto* node = take(key);
  if (node == nullptr) return fallback;
  if (const auto value = node->value_exact<std::string>()) return *value;
  refuse(node, fmt::format("`{}` must be a string", key));
  return fallback;
}

std::string TomlReader::required_text(std::string_view key) {
  auto value = text(key);
  if (value.empty()) refuse(table_.get(key), fmt::format("{} needs `{} = \"...\"`", where_, key));
  return value;
}

std::vector<std::string> TomlReader::texts(std::string_view key) {
  const auto* node = take(key);
  std::vector<std::string> values;
  if (node == nullptr) return values;
  const auto* array = node->as_array();
  if (array == nullptr) {
    refuse(node, fmt::format("`{}` must be a list of strings", key));
    return values;
  }
  for (const auto& element : *array) {
    if (const auto value = element.value_exact<std::string>()) {
      values.push_back(*value);
    } else {
      refuse(&element, fmt::format("`{}` must be a list of strings", key));
    }
  }
  return values;
}

bool TomlReader::flag(std::string_view key, bool fallback) {
  const auto* node = take(key);
  if (node == nullptr) return fallback;
  if (const auto value = node->value_exact<bool>()) return *value;
  refuse(node, fmt::format("`{}` must be true or false", key));
  return fallback;
}

int TomlReader::integer(std::string_view key, int fallback, int min, int max) {
  const auto* node = take(key);
  if (node == nullptr) return fallback;
  const auto value = node->value_exact<std::int64_t>();
  if (value && *value >= min && *value <= max) return static_cast<int>(*value);
  refuse(node, fmt::format("`{}` must be a whole number from {} to {}", key, min, max));
  return fallback;
}

std::chrono::seconds TomlReader::duration(std::string_view key, std::chrono::seconds fallback) {
  const auto* node = take(key);
  if (node == nullptr) return fallback;
  const auto value = node->value_exact<std::string>();
  if (value) {
    if (const auto parsed = parse_duration(*value)) return *parsed;
  }
  refuse(node, fmt::format("`{}` must be a duration such as \"90s\", \"15m\" or \"8h\"", key));
  return fallback;
}

const toml::table* TomlReader::table(std::string_view key) {
  const auto* node = take(key);
  if (node == nullptr) return nullptr;
  if (node->as_table() == nullptr)
    refuse(node, fmt::format("`{}` must be a table, `[{}]`", key, key));
  return node->as_table();
}

const toml::array* TomlReader::array_of_tables(std::string_view key) {
  const auto* node = take(key);
  if (node == nullptr) return nullptr;
  if (!node->is_array_of_tables())
    refuse(node, fmt::format("`{}` must be tables, `[[{}]]`", key, key));
  return node->as_array();
}

Status TomlReader::finish() {
  for (const auto& [key, node] : table_) {
    if (asked_.contains(key.str())) continue;
    Nearest nearest(key.str());
    for (const auto& known : asked_) nearest.offer(known);
    auto message = fmt::format("{} has no key `{}`", where_, key.str());
    message += nearest.found() ? nearest.question()
                               : fmt::format("; it takes {}", fmt::join(asked_, ", "));
    refuse(&node, std::move(message));
  }
  if (error_) return std::unexpected(*error_);
  return {};
}

}  // namespace strait::programs
