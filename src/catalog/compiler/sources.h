// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

// Everything a pack is made of, as texts. Reading files is the caller's work (programs/packc).
namespace strait::catalog::compiler {

// One service of botocore: the newest version of its model, with what belongs to it. Absent files
// are "".
struct ModelSource {
  std::string name;         // botocore's client name, the folder
  std::string api_version;  // the version folder
  std::string service;      // service-2.json
  std::string extras;       // service-2.sdk-extras.json
  std::string rules;        // endpoint-rule-set-1.json
};

// The Service Authorization Reference of one IAM prefix, as the iam-data package has it.
struct IamSource {
  std::string prefix;
  std::string actions;         // data/actions/<prefix>.json
  std::string resource_types;  // data/resourceTypes/<prefix>.json
  std::string condition_keys;  // data/conditionKeys/<prefix>.json
};

struct OverlaySource {
  std::string name;  // file name, for error messages and to tell what it is
  std::string text;
};

struct Sources {
  std::string version;  // "botocore 1.44.5, iam-data 0.21..., overlay <sha256 prefix>"
  std::vector<ModelSource> models;
  std::string partitions;               // partitions.json
  std::vector<IamSource> iam;           // the newest iam-data
  std::vector<IamSource> dependencies;  // the last iam-data that has dependent actions
  std::vector<OverlaySource> overlay;
};

}  // namespace strait::catalog::compiler
