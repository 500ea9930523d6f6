// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/compiler/draft.h"
#include "catalog/compiler/iam.h"
#include "catalog/compiler/writer.h"

// Operations that are newer than the Service Authorization Reference: when the action is sure to be
// called as the operation (docs/decisions/0009-actions-by-name.md). What it is on is never known
// then.
namespace strait::catalog::compiler {

class ByName {
 public:
  ByName(const Writer& pack, const Iam& iam) : pack_(pack), iam_(iam) {}

  // The rows that an operation has from the reference or the overlay, none included. All are shown
  // before anything is asked.
  void show(format::Index operation, const std::vector<Draft>& drafts);

  // Why the operation stays without actions; "" when its name tells them.
  std::string_view why_not(format::Index operation) const;

  // The published actions that AWS may judge the operation as instead, because its name is theirs
  // in another form: BatchGetX, GetXV2.
  std::vector<std::string> variants(format::Index operation) const;

 private:
  struct Evidence {
    std::size_t operations = 0, own = 0;
    bool renamed = false;  // some are called otherwise, and not as a form of their own name
  };

  std::string_view prefix_of(format::Index operation) const;

  const Writer& pack_;
  const Iam& iam_;
  std::map<format::Index, Evidence> services_;
};

}  // namespace strait::catalog::compiler
