// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/roles.h"

#include <algorithm>

#include "catalog/catalog.h"
#include "catalog/compiler/iam.h"

namespace strait::catalog::compiler {
namespace {

constexpr std::size_t kDepthMax = 8;
constexpr std::size_t kPathsMax = 64;

class Search {
 public:
  explicit Search(const Writer& pack) : pack_(pack) {}

  void structure(format::Index shape, const std::string& before) {
    if (std::ranges::find(open_, shape) != open_.end() || open_.size() == kDepthMax) return;
    open_.push_back(shape);
    const auto run = pack_.members_of(shape);
    for (auto at = run.first; at < run.first + run.count; ++at) {
      const auto& member = pack_.members[at];
      const auto name = pack_.text(member.name);
      visit(member.shape, before.empty() ? std::string(name) : before + "." + std::string(name),
            name);
    }
    open_.pop_back();
  }

  std::vector<std::string> paths;

 private:
  static bool role_like(std::string_view name) {
    const auto plain = lower(name);
    return plain.ends_with("rolearn") || plain.ends_with("iamrole") ||
           plain.ends_with("rolearns") || plain == "role" || plain.ends_with("servicerole") ||
           plain.ends_with("executionrole") || plain.ends_with("jobflowrole");
  }

  void visit(format::Index shape, const std::string& path, std::string_view name) {
    const auto& record = pack_.shapes[shape];
    switch (static_cast<ShapeKind>(record.kind)) {
      case ShapeKind::kString:
        if ((role_like(name) || role_like(pack_.text(record.name))) && paths.size() < kPathsMax)
          paths.push_back(path);
        return;
      case ShapeKind::kStructure: structure(shape, path); return;
      case ShapeKind::kList:
        visit(pack_.members[record.first_member].shape, path + "[]", name);
        return;
      case ShapeKind::kMap:
        visit(pack_.members[record.first_member + 1].shape, path + "{}", name);
        return;
      default: return;
    }
  }

  const Writer& pack_;
  std::vector<format::Index> open_;
};

}  // namespace

std::vector<std::string> role_paths(const Writer& pack, format::Index input) {
  Search search(pack);
  if (input != format::kNone) search.structure(input, "");
  return std::move(search.paths);
}

}  // namespace strait::catalog::compiler
