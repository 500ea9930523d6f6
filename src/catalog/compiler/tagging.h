// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "catalog/compiler/draft.h"
#include "catalog/compiler/iam.h"
#include "catalog/compiler/sources.h"
#include "catalog/compiler/writer.h"

// Making a thing with tags on it needs the tagging action too, when the call has tags. Which action
// that is, the names in the reference tell, or overlay/tagging.txt.
namespace strait::catalog::compiler {

class Tagging {
 public:
  static Result<Tagging> make(const Writer& pack, const Sources& sources, const Iam& iam);

  // Adds the row, if the operation takes tags for what it makes and has no tagging action yet.
  void add(format::Index operation, std::vector<Draft>& drafts) const;

 private:
  // An action, "" for none, and the member that holds the tags.
  using Known = std::pair<std::string, std::string>;

  Tagging(const Writer& pack, const Iam& iam) : pack_(pack), iam_(iam) {}
  std::string_view prefix_of(format::Index operation) const;
  std::string action_for(format::Index operation) const;
  std::string member_for(format::Index operation) const;

  const Writer& pack_;
  const Iam& iam_;
  std::map<std::string, std::string, std::less<>> by_prefix_;
  std::map<format::Index, Known> by_operation_;
};

}  // namespace strait::catalog::compiler
