// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "journey/call.h"

// The tags that a request puts on things, for the condition keys about them.
namespace strait::wire {

struct Tag {
  std::string key;
  std::string value;
};

// Appends the tags of `value`: a list of {Key, Value} in its spellings, or a map.
void collect_tags(const codec::Value& value, std::vector<Tag>& out);

// aws:RequestTag/<key> for each tag in the request, and aws:TagKeys. What is not listed under
// aws:RequestTag/ is absent, which the entry "aws:RequestTag/*" says.
void add_request_tags(const codec::Value& input, std::vector<journey::ContextEntry>& out);

}  // namespace strait::wire
