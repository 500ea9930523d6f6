// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "desk/person.h"

// A request for access and what became of it, as the store keeps it. Plain data.
namespace strait::desk {

enum class RequestState : std::uint8_t { kPending, kApproved, kDenied, kExpired };
std::string_view name(RequestState state);  // "pending", "approved", "denied", "expired"

// One human's word. It counts once it is recorded.
struct Decision {
  bool approve = false;
  std::string issuer, subject;  // of the approver
  std::string display;
  std::string reason;
  Timestamp at{};
};

struct Request {
  RequestId id;
  RequestState state = RequestState::kPending;
  std::string digest;  // digest.h
  std::string call;    // CallId of the call that opened it
  std::string invocation_id;
  std::string session;  // SessionId
  std::string session_name;
  std::string issuer, subject;  // of the asker
  std::string asker;            // display_name()
  std::string role, account, partition, region, connection;
  std::string service, operation;
  std::string action, resource;  // of the need that asked
  std::string rule;              // "policies/danger.json#Deletes"
  std::string policy_hash;
  std::string risk;                    // "LOW", "MEDIUM", "HIGH"
  std::string parameters;              // the call's input as shown: escaped JSON (card.h)
  std::string reason;                  // the agent's, unverified
  Lineage lineage;                     // of the asker
  std::vector<std::string> approvers;  // who may decide, as the role had it when the request opened
  int approvals_required = 1;
  Timestamp created{};
  Timestamp expires{};
  Seconds grant_for{0};  // how long a grant lives once approved
  int earlier = 0;       // calls of this action by this asker that were approved before
  std::vector<Decision> decisions;
  std::optional<GrantId> grant;  // once approved
  Timestamp grant_expires{};
  bool consumed = false;
};

// A grant that was just used up, and by whom it was given.
struct Consumed {
  GrantId grant;
  RequestId request;
  std::vector<std::string> approvers;  // "issuer|subject"
};

}  // namespace strait::desk
