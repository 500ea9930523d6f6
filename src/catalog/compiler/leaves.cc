// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/leaves.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "catalog/catalog.h"

namespace strait::catalog::compiler {
namespace {

constexpr std::size_t kDepthMax = 24;

class Descent {
 public:
  Descent(const Writer& pack, const std::function<void(const Leaf&)>& visit)
      : pack_(pack), visit_(visit) {}

  void structure(format::Index shape) {
    if (std::ranges::find(open_, shape) != open_.end()) return;
    too_deep_ = too_deep_ || open_.size() == kDepthMax;
    if (too_deep_) return;
    open_.push_back(shape);
    const auto run = pack_.members_of(shape);
    for (auto at = run.first; at < run.first + run.count; ++at) {
      const auto& member = pack_.members[at];
      const auto length = path_.size();
      const auto name = pack_.text(member.name);
      if (!path_.empty()) path_ += '.';
      path_ += name;
      enter(member.shape, name);
      path_.resize(length);
    }
    open_.pop_back();
  }

  bool too_deep() const { return too_deep_; }

 private:
  void enter(format::Index shape, std::string_view name) {
    const auto& record = pack_.shapes[shape];
    const auto length = path_.size();
    switch (static_cast<ShapeKind>(record.kind)) {
      case ShapeKind::kStructure: structure(shape); return;
      case ShapeKind::kList:
        path_ += "[]";
        enter(pack_.members[record.first_member].shape, name);
        path_.resize(length);
        return;
      case ShapeKind::kMap:
        path_ += "{}";
        enter(pack_.members[record.first_member + 1].shape, name);
        path_.resize(length);
        return;
      default: visit_({path_, name, shape});
    }
  }

  const Writer& pack_;
  const std::function<void(const Leaf&)>& visit_;
  std::vector<format::Index> open_;
  std::string path_;
  bool too_deep_ = false;
};

}  // namespace

Status for_each_leaf(const Writer& pack, format::Index shape,
                     const std::function<void(const Leaf&)>& visit) {
  if (shape == format::kNone) return {};
  Descent descent(pack, visit);
  descent.structure(shape);
  if (!descent.too_deep()) return {};
  return fail(ErrorCode::kInvalidConfiguration,
              fmt::format("{} is deeper than {} structures", pack.text(pack.shapes[shape].name),
                          kDepthMax));
}

}  // namespace strait::catalog::compiler
