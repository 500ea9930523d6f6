// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <vector>

#include "base/result.h"
#include "catalog/compiler/draft.h"
#include "catalog/compiler/iam.h"
#include "catalog/compiler/overlay.h"
#include "catalog/compiler/writer.h"

// overlay/actions.txt: the operations whose actions are not simply called as they are. Its grammar
// stands at the top of the file.
namespace strait::catalog::compiler {

class ActionOverlay {
 public:
  ActionOverlay(const Writer& pack, const Iam& iam, DraftRows draft)
      : pack_(pack), iam_(iam), draft_(std::move(draft)) {}

  Status add(const OverlayRow& row);

  // What stands for the rows that the rule makes; null when the rule is right.
  const std::vector<Draft>* rows(format::Index operation) const;
  // Adds what comes to the rows that the rule makes.
  void append_additions(format::Index operation, std::vector<Draft>& drafts) const;

 private:
  Status apply_words(const OverlayRow& row, format::Index operation,
                     std::vector<Draft>& made) const;
  Status apply_on(const OverlayRow& row, format::Index input, std::size_t at,
                  std::vector<Draft>& made) const;

  const Writer& pack_;
  const Iam& iam_;
  DraftRows draft_;
  std::map<format::Index, std::vector<Draft>> by_operation_, additions_;
};

}  // namespace strait::catalog::compiler
