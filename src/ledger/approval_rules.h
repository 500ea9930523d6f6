// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "ledger/leaf.h"

// The life of an approval as the record must show it: asked, decided by somebody else about the
// same digest, used at most as often as granted, before it expires. One part of the verifier.
namespace strait::ledger {

class ApprovalRules {
 public:
  // Each takes a leaf of its kind; the error's message says what does not hold.
  Status requested(const Leaf& leaf);
  Status decided(const Leaf& leaf);
  Status consumed(const Leaf& leaf);
  Status expired(const Leaf& leaf);
  Status intended(const Leaf& leaf);  // an INTENT, approved or not

 private:
  struct Request {
    std::string digest;
    std::string asker;  // "issuer|subject"
    std::string grant;
    std::vector<std::string> approvers;  // distinct
    bool refused = false;
    bool expired = false;
    std::uint64_t uses_left = 0;
    std::uint64_t consumptions_left = 0;
    Timestamp expires{};
  };
  Result<Request*> find(const Leaf& leaf, std::string_view request, std::string_view digest);
  std::unordered_map<std::string, Request> requests_;
};

}  // namespace strait::ledger
