// SPDX-License-Identifier: Apache-2.0
#include "ledger/approval_rules.h"

#include <algorithm>

namespace strait::ledger {
namespace {

std::unexpected<Error> broken(std::string message) {
  return fail(ErrorCode::kConflict, std::move(message));
}

std::string person(const Leaf& leaf, std::string_view name) {
  const auto path = std::string(name);
  return std::string(leaf.text(path + ".iss")) + "|" + std::string(leaf.text(path + ".sub"));
}

}  // namespace

Result<ApprovalRules::Request*> ApprovalRules::find(const Leaf&, std::string_view request,
                                                    std::string_view digest) {
  const auto found = requests_.find(std::string(request));
  if (found == requests_.end())
    return broken("approval " + std::string(request) + " was never asked for");
  if (found->second.digest != digest) {
    return broken("approval " + std::string(request) + " is for another call: the digests differ");
  }
  return &found->second;
}

Status ApprovalRules::requested(const Leaf& leaf) {
  const auto id = std::string(leaf.text("request"));
  const auto [at, added] = requests_.try_emplace(id);
  if (!added) return broken("approval " + id + " is asked for twice");
  at->second.digest = leaf.text("digest");
  at->second.asker = person(leaf, "principal");
  return {};
}

Status ApprovalRules::decided(const Leaf& leaf) {
  const auto id = std::string(leaf.text("request"));
  TRY(auto* request, find(leaf, id, leaf.text("digest")));
  if (request->expired) return broken("approval " + id + " was decided after it expired");
  if (request->refused) return broken("approval " + id + " was decided after it was refused");
  auto approver = person(leaf, "approver");
  if (leaf.text("decision") == "refuse") {
    request->refused = true;
    return {};
  }
  if (approver == request->asker)
    return broken("approval " + id + " was given by the one who asked");
  if (std::ranges::find(request->approvers, approver) != request->approvers.end()) {
    return broken("approval " + id + " counts one approver twice");
  }
  if (leaf.text("grant").empty()) return broken("approval " + id + " was given without a grant");
  request->approvers.push_back(std::move(approver));
  request->grant = leaf.text("grant");
  const auto* uses = leaf.find("uses");
  request->uses_left = request->consumptions_left = uses == nullptr ? 1 : leaf.number("uses");
  if (const auto expires = parse_rfc3339(leaf.text("expires"))) request->expires = *expires;
  return {};
}

Status ApprovalRules::consumed(const Leaf& leaf) {
  const auto id = std::string(leaf.text("request"));
  TRY(auto* request, find(leaf, id, leaf.text("digest")));
  if (request->approvers.empty() || request->refused)
    return broken("approval " + id + " was consumed, not given");
  if (request->grant != leaf.text("grant"))
    return broken("approval " + id + " was consumed under another grant");
  if (request->consumptions_left == 0)
    return broken("approval " + id + " was consumed more often than given");
  --request->consumptions_left;
  return {};
}

Status ApprovalRules::expired(const Leaf& leaf) {
  TRY(auto* request, find(leaf, leaf.text("request"), leaf.text("digest")));
  request->expired = true;
  return {};
}

Status ApprovalRules::intended(const Leaf& leaf) {
  const auto effect = leaf.text("verdict.effect");
  if (effect == "deny") return broken("a call that policy denied was sent");
  const auto* approval = leaf.find("approval");
  if (approval == nullptr) {
    if (effect == "ask") return broken("a call that needs approval was sent without one");
    return {};
  }
  const auto id = std::string(leaf.text("approval.request"));
  TRY(auto* request, find(leaf, id, leaf.text("approval.digest")));
  if (request->approvers.empty() || request->refused)
    return broken("approval " + id + " was used, not given");
  if (request->grant != leaf.text("approval.grant"))
    return broken("approval " + id + " was used under another grant");
  if (request->asker != person(leaf, "principal"))
    return broken("approval " + id + " was used by another asker");
  if (request->uses_left == 0) return broken("approval " + id + " was used more often than given");
  if (leaf.time > request->expires) return broken("approval " + id + " was used after it expired");
  --request->uses_left;
  const auto* listed = leaf.find("approval.approvers")->list();
  const bool known =
      !listed->empty() && std::ranges::all_of(*listed, [&](const codec::Value& approver) {
        return std::ranges::find(request->approvers, *approver.string()) !=
               request->approvers.end();
      });
  if (!known) return broken("approval " + id + " names approvers whose decision is not recorded");
  return {};
}

}  // namespace strait::ledger
