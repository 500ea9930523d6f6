// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/compiler/iam.h"
#include "catalog/compiler/overlay.h"
#include "catalog/compiler/writer.h"

// From an ARN pattern to the members of an operation's input that fill it. First what
// overlay/bindings.txt says for the resource type, then rules over names: a member that holds the
// whole ARN; a member called as the variable; a list of its plural; the type's name with Name, Id
// or Identifier; the same inside a structure. A thing that the call itself makes, or a whole
// collection that it lists, is the pattern with "*": AWS judges it so.
namespace strait::catalog::compiler {

struct BoundVariable {
  std::string variable;  // "" for the whole ARN
  std::string path;      // as in catalog::Binding::member
  bool operator==(const BoundVariable&) const = default;
};

struct BoundResource {
  std::string type, pattern;
  std::vector<BoundVariable> bindings;
  bool derivable = false;  // nothing is unknown
  bool constant = true;    // nothing comes from the input
};

class Binder {
 public:
  static Result<Binder> make(const Writer& pack, const Sources& sources, const Iam& iam);

  // The ways in which the input can name a thing of the type, best first; one that knows nothing
  // when there is none.
  std::vector<BoundResource> bind(format::Index operation, std::string_view prefix,
                                  std::string_view type, std::string_view pattern) const;

 private:
  explicit Binder(const Writer& pack) : pack_(pack) {}
  std::vector<BoundResource> from_overlay(format::Index operation, std::string_view prefix,
                                          const BoundResource& plain) const;

  const Writer& pack_;
  // "prefix type" to the ways of binding it, in order.
  std::map<std::string, std::vector<std::vector<BoundVariable>>, std::less<>> ways_;
  std::map<std::string, std::string, std::less<>>
      patterns_;  // "prefix type" to a pattern that replaces AWS's
};

// Whether a path does not lead into the input: "=text" or "*".
inline bool is_constant(std::string_view path) { return path.starts_with('=') || path == "*"; }

// The variables of a pattern, without Partition, Region and Account.
std::vector<std::string> variables_of(std::string_view pattern);

// "VAR=path" or "=path" (the whole ARN).
Result<BoundVariable> parse_binding(const OverlayRow& row, std::string_view word);

}  // namespace strait::catalog::compiler
