// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/value.h"

// The paths of catalog::Binding: "Bucket", "Entries[].Id", "RequestItems{key}",
// "TransactItems[].Put.TableName".
namespace strait::wire {

// A scalar that a path leads to, and which element of every list and map on the way it came from.
// `steps` names the iterated prefix ("TransactItems[]") as a view into the path.
struct PathHit {
  std::string text;
  std::vector<std::pair<std::string_view, std::size_t>> steps;
};

// Everything at `path`, in order. An absent member gives nothing; a structure at the end gives
// nothing.
std::vector<PathHit> walk_path(const codec::Value& input, std::string_view path);

// The same, and every list element or map entry that `path` walks whose last member is absent, as
// an empty text: something is there, and does not say its name.
std::vector<PathHit> walk_elements(const codec::Value& input, std::string_view path);

// Whether `path` leads to anything at all, structures and empty lists included.
bool path_present(const codec::Value& input, std::string_view path);

// Whether two hits can stand in one resource: wherever both walked the same list, they took the
// same element.
bool same_elements(const PathHit& a, const PathHit& b);

}  // namespace strait::wire
