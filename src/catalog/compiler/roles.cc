// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/roles.h"

#include <fmt/format.h>

#include <algorithm>

#include "catalog/catalog.h"
#include "catalog/compiler/iam.h"

namespace strait::catalog::compiler {
namespace {

constexpr std::size_t kPathsMax = 256;
constexpr std::size_t kDepthMax = 32;
constexpr std::ptrdiff_t kEnteredMax = 2;

bool role_like(std::string_view name) {
  const auto plain = lower(name);
  for (const std::string_view ending : {"rolearn", "rolearns", "iamrole", "servicerole",
                                        "executionrole", "jobflowrole", "iamrolename"}) {
    if (plain.ends_with(ending)) return true;
  }
  return plain == "role";
}

// Goes down only where a role can be: most of a large input holds none.
class Descent {
 public:
  Descent(const Writer& pack, const RolePlaces& places) : pack_(pack), places_(places) {}

  Result<std::vector<std::string>> run(format::Index input) {
    structure(input);
    if (too_deep_ || paths_.size() > kPathsMax) {
      return fail(ErrorCode::kInvalidConfiguration,
                  fmt::format("{} holds roles at more than {} places or below {} structures",
                              pack_.text(pack_.shapes[input].name), kPathsMax, kDepthMax));
    }
    return std::move(paths_);
  }

 private:
  void structure(format::Index shape) {
    if (std::ranges::count(open_, shape) == kEnteredMax) return;
    too_deep_ = too_deep_ || open_.size() == kDepthMax;
    if (too_deep_) return;
    open_.push_back(shape);
    const auto run = pack_.members_of(shape);
    for (auto at = run.first; at < run.first + run.count; ++at) {
      const auto& member = pack_.members[at];
      const auto name = pack_.text(member.name);
      if (!places_.below(member.shape, name)) continue;
      const auto length = path_.size();
      if (!path_.empty()) path_ += '.';
      path_ += name;
      enter(member.shape);
      path_.resize(length);
    }
    open_.pop_back();
  }

  void enter(format::Index shape) {
    const auto& record = pack_.shapes[shape];
    const auto length = path_.size();
    switch (static_cast<ShapeKind>(record.kind)) {
      case ShapeKind::kStructure: return structure(shape);
      case ShapeKind::kList:
        path_ += "[]";
        enter(pack_.members[record.first_member].shape);
        break;
      case ShapeKind::kMap:
        path_ += "{}";
        enter(pack_.members[record.first_member + 1].shape);
        break;
      default: paths_.push_back(path_);
    }
    path_.resize(length);
  }

  const Writer& pack_;
  const RolePlaces& places_;
  std::vector<format::Index> open_;
  std::vector<std::string> paths_;
  std::string path_;
  bool too_deep_ = false;
};

}  // namespace

// Shapes refer to each other in circles, so what is known grows until nothing more comes.
RolePlaces::RolePlaces(const Writer& pack) : pack_(pack), structures_(pack.shapes.size()) {
  for (bool grew = true; grew;) {
    grew = false;
    for (format::Index shape = 0; shape < pack.shapes.size(); ++shape) {
      if (structures_[shape]) continue;
      const auto run = pack.members_of(shape);
      const auto members = std::span(pack.members).subspan(run.first, run.count);
      structures_[shape] = std::ranges::any_of(members, [&](const format::Member& member) {
        return below(member.shape, pack.text(member.name));
      });
      grew = grew || structures_[shape];
    }
  }
}

bool RolePlaces::below(format::Index shape, std::string_view name) const {
  const auto& record = pack_.shapes[shape];
  switch (static_cast<ShapeKind>(record.kind)) {
    case ShapeKind::kStructure: return structures_[shape];
    case ShapeKind::kList: return below(pack_.members[record.first_member].shape, name);
    case ShapeKind::kMap: return below(pack_.members[record.first_member + 1].shape, name);
    case ShapeKind::kString: return role_like(name) || role_like(pack_.text(record.name));
    default: return false;
  }
}

Result<std::vector<std::string>> RolePlaces::in(format::Index input) const {
  if (input == format::kNone) return std::vector<std::string>();
  return Descent(pack_, *this).run(input);
}

}  // namespace strait::catalog::compiler
