// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/compiler/sources.h"

// The IAM vocabulary from iam-data: actions, what they can be on, and the ARN patterns of those
// things.
namespace strait::catalog::compiler {

struct IamType {
  std::string name;
  bool required = false;
};

struct IamAction {
  std::string name;  // "GetObject"
  std::string access_level;
  std::vector<IamType> types;
  std::vector<std::string> dependent;  // "iam:PassRole"; only in the older iam-data
  std::set<std::string> keys;          // condition keys, in lower case
};

struct IamKey {
  std::string name;         // "ec2:InstanceType"
  std::string type;         // "String", "Numeric", "Bool", "ArrayOfString", "ARN", ...
  std::string description;  // "Filters access by the type of instance"
};

struct IamService {
  std::map<std::string, IamAction, std::less<>> actions;     // by lower-case name
  std::map<std::string, std::string, std::less<>> patterns;  // resource type to ARN pattern
  std::map<std::string, IamKey, std::less<>> keys;           // by lower-case name
  std::map<std::string, std::set<std::string>, std::less<>>
      keys_of_types;  // resource type to condition keys, in lower case
};

class Iam {
 public:
  static Result<Iam> parse(const std::vector<IamSource>& sources);

  // Null when there is none. Names in any case.
  const IamService* service(std::string_view prefix) const;
  const IamAction* action(std::string_view prefix, std::string_view name) const;
  const IamAction* action(std::string_view full) const;  // "s3:GetObject"
  const std::map<std::string, IamService, std::less<>>& services() const { return services_; }

 private:
  std::map<std::string, IamService, std::less<>> services_;
};

std::string lower(std::string_view text);

}  // namespace strait::catalog::compiler
