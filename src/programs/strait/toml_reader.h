// SPDX-License-Identifier: Apache-2.0
#pragma once
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1  // the Debian library is built with exceptions
#include <toml++/toml.h>

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace strait::programs {

// Takes values out of one TOML table and remembers which keys were asked for, so that finish() can
// refuse the others by name and line. The first error sticks; every later take() returns its
// default, so a reader reads straight down.
class TomlReader {
 public:
  TomlReader(const toml::table& table, std::string file, std::string where)
      : table_(table), file_(std::move(file)), where_(std::move(where)) {}

  std::string text(std::string_view key, std::string fallback = {});
  std::string required_text(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  bool flag(std::string_view key, bool fallback);
  int integer(std::string_view key, int fallback, int min, int max);
  std::chrono::seconds duration(std::string_view key, std::chrono::seconds fallback);
  const toml::table* table(std::string_view key);            // nullptr when absent
  const toml::array* array_of_tables(std::string_view key);  // [[key]]; nullptr when absent

  // The first error, or the first key that nobody asked for.
  Status finish();
  void refuse(const toml::node* at, std::string message);

 private:
  const toml::node* take(std::string_view key);
  const toml::table& table_;
  std::string file_, where_;
  std::set<std::string, std::less<>> asked_;
  std::optional<Error> error_;
};

Error at_line(const std::string& file, const toml::source_region& region,
              const std::string& message);

}  // namespace strait::programs
