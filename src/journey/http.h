// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strait::journey {

// Header fields in order of arrival. Names are lower-case; values have no leading or trailing
// blanks and no control bytes (the HTTP parser has seen to that). Names may repeat.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  void add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
  }
  void set(std::string_view name,
           std::string value);  // replaces every field of that name, or adds one
  void remove(std::string_view name);
  std::size_t count(std::string_view name) const;
  // The value of the only field of that name; nullopt when there is none or more than one. `name`
  // is lower-case.
  std::optional<std::string_view> one(std::string_view name) const;
  const std::vector<Field>& fields() const { return fields_; }
  std::vector<Field>& fields() { return fields_; }

 private:
  std::vector<Field> fields_;
};

struct RequestHead {
  std::string method;  // upper-case token
  std::string target;  // origin form, undecoded: "/bucket/a%20b?versionId=x"
  Headers headers;

  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
  std::string_view query() const {  // without '?', "" when none
    const auto at = target.find('?');
    return at == std::string::npos ? std::string_view() : std::string_view(target).substr(at + 1);
  }
};

struct ReplyHead {
  int status = 0;
  Headers headers;
};

}  // namespace strait::journey
