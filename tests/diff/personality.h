// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

// How some reader of AWS requests may differ from ours. Nobody outside AWS knows which of these its
// front ends are; a request that every one of them reads alike leaves none of them anything to get
// wrong.
namespace strait::diff {

enum class Keep : std::uint8_t { kFirst, kLast };               // of things that stand there twice
enum class Repeated : std::uint8_t { kFirst, kLast, kJoined };  // of header fields
// Which protocol's marks are looked for before the others'.
enum class Prefers : std::uint8_t { kTarget, kSmithy, kAction, kRoute };

struct Personality {
  std::string_view name;
  Prefers prefers = Prefers::kTarget;
  // Documents: JSON, CBOR and XML.
  Keep keys = Keep::kFirst;
  bool folds_keys = false;              // member names in any case
  bool doubles = false;                 // keeps numbers as doubles
  bool attributes_are_members = false;  // of XML
  // Forms and query strings.
  Keep parameters = Keep::kFirst;
  bool query_over_body = false;  // a parameter of the query string beats the body's
  bool semicolons = false;       // separate pairs as & does, and list numbers do not count
  bool pluses = false;           // are spaces in query strings too
  // Paths, but for S3's, which are keys.
  bool tidies_paths = false;  // dot and empty segments go, and a slash at the end
  bool decodes_twice = false;
  // Headers.
  Repeated headers = Repeated::kFirst;
  bool underscores = false;           // x_amz_target is X-Amz-Target; a method may be overridden
  bool decodes_source_first = false;  // x-amz-copy-source, before it is taken apart, as a form
};

std::span<const Personality> personalities();

}  // namespace strait::diff
