// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/compiler/sources.h"
#include "catalog/compiler/writer.h"
#include "catalog/host_kind.h"

// overlay/host-kinds.txt: which hosts of a service have names before them that are no buckets.
namespace strait::catalog::compiler {

class HostKinds {
 public:
  static Result<HostKinds> read(const Writer& pack, const Sources& sources);

  // By the first label of `host`; kPlain when no row fits.
  HostKind of(format::Index service, std::string_view host);

  // A row that no host fitted is an error: it says something about AWS that is not so, or no more.
  Status check_all_used() const;

 private:
  struct Rule {
    format::Index service;
    std::string label;  // without the `*`
    bool begins;        // a `*` followed
    HostKind kind;
    bool used = false;
  };
  std::vector<Rule> rules_;
};

}  // namespace strait::catalog::compiler
