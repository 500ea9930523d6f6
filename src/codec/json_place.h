// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace strait::codec {

// Where in a JSON text a value stands, for error messages: values do not carry their place, because
// nobody but a person with a typing error wants it.
using JsonStep = std::variant<std::string, std::size_t>;  // a member's name, or an index
using JsonPath = std::vector<JsonStep>;

struct Place {
  int line = 1;    // from 1
  int column = 1;  // in bytes, from 1
};

Place place_at(std::string_view text, std::size_t offset);

// Of the value at `path`, or of its deepest parent that exists.
Place locate(std::string_view text, const JsonPath& path);

// The text of the value at `path`, as it is written; "" when there is none. A part of `text`.
std::string_view text_at(std::string_view text, const JsonPath& path);

// The line of each element of the list at `path`; of the value itself when it is no list.
std::vector<int> lines_of_elements(std::string_view text, const JsonPath& path);

// Where reading `text` as JSON fails: at a wrong byte, or at the second of two equal keys. The
// text's end when it does not fail here (the strict parser knows more).
Place first_trouble(std::string_view text);

}  // namespace strait::codec
