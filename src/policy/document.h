// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/locate.h"
#include "policy/pattern.h"

// An IAM policy as written: JSON to plain data, strictly (IAM user guide, "Grammar of the IAM JSON
// policy language"). Nothing is judged here. Errors are kInvalidConfiguration and begin with
// `file:line:column:`.
//
// An empty list where IAM says what it means (IAM Access Analyzer, "Policy check reference", the
// suggestions that begin with "Empty array"): a statement without an action, without a resource or
// with a ForAnyValue condition without values does nothing and is left out; ForAllValues and
// IfExists without values match where the key is absent, which is how they are given back: as Null.
//
// Refused: duplicate keys, elements the grammar does not have, other empty lists, both or neither
// of Action/NotAction and of Resource/NotResource, a Sid twice in one file, actions without a
// service prefix, resources that are neither "*" nor an ARN, unknown operators, and condition keys
// and actions of ours (strait:...) that do not exist. An identity policy has no Principal; a role's
// trust policy has one, and no Resource.
namespace strait::policy {

enum class DocumentKind : std::uint8_t { kIdentity, kTrust };

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
  std::vector<std::string> resources;  // never empty in an identity policy
  std::vector<std::string> federated;  // Principal.Federated; never empty in a trust policy
  std::vector<ConditionText> conditions;
  std::size_t number = 0;  // in the file, from 0
  int line = 0;            // where it begins, from 1
};

// A statement that IAM takes and that can never apply.
struct IdleStatement {
  std::string name;  // its Sid, or its number from 1
  Place place;
  std::string why;
};

struct Document {
  Dialect dialect = Dialect::k2008;  // what IAM takes when Version is missing
  std::string id;
  std::vector<StatementText> statements;
  std::vector<IdleStatement> idle;
  bool listed = false;  // Statement is a list, not the one statement

  JsonPath path_of(const StatementText& statement) const;  // for whoever finds more errors
};

// `file` is only for messages. At most limits::kPolicyBytesMax of text.
Result<Document> parse_document(std::string_view file, std::string_view text,
                                DocumentKind kind = DocumentKind::kIdentity);

}  // namespace strait::policy
