// SPDX-License-Identifier: Apache-2.0
#include "wire/needs.h"

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "base/limits.h"
#include "codec/arn.h"
#include "wire/agreement.h"
#include "wire/input_path.h"
#include "wire/partiql.h"
#include "wire/pattern_text.h"
#include "wire/resource_arns.h"
#include "wire/s3_place.h"

namespace strait::wire {
namespace {

using catalog::ActionRow;
using catalog::Class;
using catalog::Classes;
using catalog::Trigger;
using journey::Call;
using journey::Need;

constexpr std::string_view kPassRoleAction = "iam:PassRole";
constexpr std::string_view kPassedTo = "iam:PassedToService";

class Gathering {
 public:
  explicit Gathering(const Call& call) : call_(call) {}

  Result<std::vector<Need>> run() {
    CHECK_OK(gather(call_.operation));
    for (const auto& other : call_.also) {
      // An old name of the same operation may have left the IAM vocabulary; its successor's actions
      // stand for it.
      if (other.service() == call_.operation.service() && other.actions().empty()) continue;
      CHECK_OK(gather(other));
    }
    CHECK_OK(deny_behind_access_point());
    return std::move(needs_);
  }

 private:
  Status gather(catalog::Operation operation) {
    const auto rows = operation.actions();
    const auto before = judged_;
    needs_.reserve(needs_.size() + rows.size());
    for (const auto& row : rows) {
      switch (row.trigger) {
        case Trigger::kAlways: CHECK_OK(resources_of(row, false)); break;
        case Trigger::kMemberPresent:
        case Trigger::kMemberAbsent: {
          TRY(const auto present, trigger_holds(row.member, call_));
          if (present == (row.trigger == Trigger::kMemberPresent))
            CHECK_OK(resources_of(row, false));
          break;
        }
        case Trigger::kPartiql: CHECK_OK(statements_of(row)); break;
        case Trigger::kRoleArn: CHECK_OK(roles_of(row)); break;
        case Trigger::kMay: CHECK_OK(resources_of(row, true)); break;
      }
    }
    if (judged_ == before) {
      return fail(ErrorCode::kUnknownOperation,
                  "which IAM action " + std::string(operation.service().name()) + ":" +
                      std::string(operation.name()) +
                      " needs is not known, so nothing can permit it");
    }
    return {};
  }

  // AWS judges what goes through an access point on the bucket behind it as well. Which one that is
  // only AWS knows, so a Deny on any counts.
  Status deny_behind_access_point() {
    const auto point = access_point_of(call_.operation, call_.input);
    if (!point) return {};
    const auto& arn = *call_.input.find("Bucket")->string();
    for (std::size_t at = 0, count = needs_.size(); at < count; ++at) {
      if (!needs_[at].resource.starts_with(arn)) continue;
      auto behind = needs_[at];
      auto below = behind.resource.substr(arn.size());
      if (below.starts_with("/object")) below.erase(0, 7);
      if (!behind.pattern) below = escaped(below);
      behind.resource = "arn:" + call_.partition + ":s3:::*" + below;
      behind.pattern = true;
      behind.derived = false;
      behind.deny_only = true;
      CHECK_OK(add(std::move(behind)));
    }
    return {};
  }

  Status add(Need&& need) {
    if (!need.deny_only) ++judged_;
    if (is_there(need)) return {};
    if (needs_.size() >= limits::kNeedsMax) {
      return fail(ErrorCode::kLimitExceeded, "the call needs more than " +
                                                 std::to_string(limits::kNeedsMax) +
                                                 " permissions: split it");
    }
    needs_.push_back(std::move(need));
    return {};
  }

  // Who a role is handed to: one role for two services is two permissions. "" when unknown.
  static std::string recipient(const Need& need) {
    return need.context.empty() || need.context[0].unknown ? "" : need.context[0].values[0];
  }

  // Most calls need one thing or two, and comparing them is quicker than keeping a set of them.
  bool is_there(const Need& need) {
    if (needs_.size() < kFew) {
      return std::ranges::any_of(needs_, [&](const Need& other) {
        return other.resource == need.resource && other.action == need.action &&
               other.deny_only == need.deny_only && other.pattern == need.pattern &&
               other.derived == need.derived && recipient(other) == recipient(need);
      });
    }
    const auto key = [](const Need& one) {
      const char marks[] = {one.deny_only ? '-' : '+', one.pattern ? '~' : '=',
                            one.derived ? '!' : '?'};
      return std::string(marks, sizeof marks) + one.action + '\n' + recipient(one) + '\n' +
             one.resource;
    };
    if (!seen_) {
      seen_.emplace();
      for (const auto& one : needs_) seen_->insert(key(one));
    }
    return !seen_->insert(key(need)).second;
  }

  // Whichever operation AWS takes the call for.
  Classes classes_for(std::string_view action) const {
    auto classes = classes_of_need(*call_.catalog, call_.operation, action);
    for (const auto& other : call_.also) classes |= classes_of_need(*call_.catalog, other, action);
    return classes;
  }

  Status resources_of(const ActionRow& row, bool deny_only) {
    const auto need_on = [&](NamedResource&& resource) {
      return Need{.action = std::string(row.action),
                  .resource = std::move(resource.arn),
                  .pattern = resource.pattern,
                  .derived = resource.derived,
                  .deny_only = deny_only || resource.deny_only,
                  .classes = classes_for(row.action),
                  .context = {}};
    };
    const auto add_named = [&](NamedResource&& resource) {
      return add(need_on(std::move(resource)));
    };
    TRY(const bool named, name_resources(row, call_, add_named));
    if (named) return {};
    if (row.resources.empty()) return add(need_on({"*"}));
    TRY(auto open, open_resource(row.resources[0], call_));
    return add(need_on(std::move(open)));
  }

  // One permission for every statement, by its own verb and table.
  Status statements_of(const ActionRow& row) {
    for (const auto& hit : walk_path(call_.input, row.member)) {
      TRY(const auto target, read_partiql(hit.text));
      if (!row.resources.empty()) CHECK_OK(check_arn_agrees(target.table, row.resources[0], call_));
      auto arn = target.table.starts_with("arn:")
                     ? target.table
                     : "arn:" + call_.partition + ":dynamodb:" + call_.region + ":" +
                           call_.account + ":table/" + target.table;
      if (!target.index.empty()) arn += "/index/" + target.index;
      CHECK_OK(add(Need{.action = "dynamodb:" + target.action,
                        .resource = std::move(arn),
                        .pattern = false,
                        .derived = true,
                        .deny_only = false,
                        .classes = classes_for(row.action),
                        .context = {}}));
    }
    return {};
  }

  // Every role that the call hands to AWS must be allowed to be handed over.
  Status roles_of(const ActionRow& row) {
    const auto bar = std::min(row.member.find('|'), row.member.size());
    const bool arns_only = row.member.substr(bar) == "|role_arn";
    for (const auto& hit : walk_path(call_.input, row.member.substr(0, bar))) {
      const bool arn = hit.text.starts_with("arn:");
      if (hit.text.empty() || (arns_only && !arn)) continue;
      // The same member may take things of other services; what is IAM's or STS's is a role, or a
      // way to name one.
      const auto parsed = codec::parse_arn(hit.text);
      if (parsed && parsed->service != "iam" && parsed->service != "sts") continue;
      Need need;
      need.action = kPassRoleAction;
      need.resource =
          arn ? hit.text
              : "arn:" + call_.partition + ":iam::" + call_.account + ":role/*" + escaped(hit.text);
      need.pattern = !arn;
      need.derived = arn;
      need.classes = classes_for(kPassRoleAction);
      need.context.push_back(passed_to(row));
      CHECK_OK(add(std::move(need)));
    }
    return {};
  }

  // Principals are spelt otherwise in China, for some services.
  journey::ContextEntry passed_to(const ActionRow& row) const {
    for (const auto& binding : row.resources.front().bindings) {
      if (binding.variable == kPassedTo && call_.partition != "aws-cn")
        return {.key = std::string(kPassedTo),
                .values = {std::string(binding.member.substr(1))},
                .unknown = false};
    }
    return {.key = std::string(kPassedTo), .values = {}, .unknown = true};
  }

  static constexpr std::size_t kFew = 16;

  const Call& call_;
  std::vector<Need> needs_;
  // Of `needs_`, once they are more than a few.
  std::optional<std::unordered_set<std::string>> seen_;
  std::size_t judged_ = 0;  // needs that are more than deny-only, repeated ones included
};

}  // namespace

Classes classes_of_need(const catalog::Catalog& catalog, catalog::Operation operation,
                        std::string_view action) {
  const auto rows = operation.actions();
  if (rows.size() > 0 && (*rows.begin()).action == action) return operation.classes();
  const auto own = catalog.classes_of_action(action);
  const bool besides = own == 0 && operation.classes() != 0;
  return besides ? static_cast<Classes>(Class::kBesides) : own;
}

Result<std::vector<Need>> needs_of(const Call& call) { return Gathering(call).run(); }

}  // namespace strait::wire
