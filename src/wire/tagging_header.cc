// SPDX-License-Identifier: Apache-2.0
#include "wire/tagging_header.h"

#include <algorithm>

#include "codec/uri.h"

namespace strait::wire {

Result<std::string> canonical_tagging(std::string_view text, const MemberPath& path) {
  auto tags = codec::parse_form(text);
  if (!tags) return path.fail("must be percent-encoded tags: a=1&b=2");
  for (auto& tag : *tags) {
    if (std::ranges::count(*tags, tag.name, &codec::QueryPair::name) > 1)
      return path.fail("names the tag " + quoted(tag.name) + " twice");
    tag.has_equals = true;
  }
  return codec::encode_form(*tags);
}

}  // namespace strait::wire
