// SPDX-License-Identifier: Apache-2.0
#include "diff/personality.h"

#include <array>

namespace strait::diff {

std::span<const Personality> personalities() {
  static constexpr auto kAll = std::to_array<Personality>({
      {.name = "the first of everything"},
      {.name = "the last of everything",
       .keys = Keep::kLast,
       .parameters = Keep::kLast,
       .headers = Repeated::kLast},
      {.name = "names in any case, the first", .folds_keys = true},
      {.name = "names in any case, the last",
       .keys = Keep::kLast,
       .folds_keys = true,
       .parameters = Keep::kLast},
      {.name = "the query string over the body", .query_over_body = true},
      {.name = "the last, from query string and body",
       .prefers = Prefers::kAction,
       .parameters = Keep::kLast,
       .query_over_body = true},
      {.name = "Smithy-Protocol before all", .prefers = Prefers::kSmithy},
      {.name = "Action before all", .prefers = Prefers::kAction},
      {.name = "the route before all", .prefers = Prefers::kRoute},
      {.name = "tidy paths", .tidies_paths = true},
      {.name = "paths decoded twice", .decodes_twice = true},
      {.name = "tidy paths decoded twice", .tidies_paths = true, .decodes_twice = true},
      {.name = "semicolons, pluses", .semicolons = true, .pluses = true},
      {.name = "headers joined", .headers = Repeated::kJoined},
      {.name = "underscores, method overrides", .headers = Repeated::kLast, .underscores = true},
      {.name = "numbers as doubles", .keys = Keep::kLast, .doubles = true},
      {.name = "attributes as members", .keys = Keep::kLast, .attributes_are_members = true},
      {.name = "copy sources decoded first", .decodes_source_first = true},
  });
  return kAll;
}

}  // namespace strait::diff
