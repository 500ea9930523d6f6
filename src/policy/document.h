// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/pattern.h"

// An IAM identity policy as written: JSON to plain data, strictly (IAM user guide, "Grammar of the
// IAM JSON policy language"). Nothing is judged here. Errors are kInvalidConfiguration and begin
// with `file:line:column:`.
//
// Refused: duplicate keys, elements the grammar does not have, empty lists, both or neither of
// Action/NotAction and of Resource/NotResource, Principal (it belongs in a role's trust), a Sid
// twice in one file, actions without a service prefix, resources that are neither "*" nor an ARN,
// unknown operators, and condition keys and actions of ours (strait:...) that do not exist.
namespace strait::policy {

// One key under one operator: {"StringLike": {"s3:prefix": ["a/*", "b/*"]}}.
struct ConditionText {
  std::string op;                   // "ForAllValues:StringLikeIfExists"
  std::string key;                  // "s3:prefix"
  std::vector<std::string> values;  // numbers and booleans as their JSON text; never empty
};

struct StatementText {
  std::string sid;     // "" when it has none
  bool allow = false;  // Effect
  bool not_action = false;
  std::vector<std::string> actions;  // never empty
  bool not_resource = false;
  std::vector<std::string> resources;  // never empty
  std::vector<ConditionText> conditions;
  int line = 0;  // where it begins, from 1
};

struct Document {
  Dialect dialect = Dialect::k2008;  // what IAM takes when Version is missing
  std::string id;
  std::vector<StatementText> statements;
};

// `file` is only for messages. At most limits::kPolicyBytesMax of text.
Result<Document> parse_document(std::string_view file, std::string_view text);

}  // namespace strait::policy
