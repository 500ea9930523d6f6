// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// What the credential of a call is cut down to at AWS: the second lock behind the judgement.
namespace strait::journey {

// How near a session policy comes to what it is for.
enum class ScopeMark : std::uint8_t {
  kExact,    // the actions and resources of this call; through AWS's own services what the role may
  kRole,     // what the role may
  kService,  // what the role may, of one service
  kCoarse,   // none of these fitted: actions on every resource, or whole services
};

struct SessionPolicy {
  ScopeMark mark = ScopeMark::kCoarse;
  // Conditions or variables stayed out that AWS would judge by Strait's own principal, or not at
  // all: actions and resources hold all the same. Never with kExact.
  bool widened = false;
  std::string json;  // ASCII, at most kSessionPolicyCharsMax
  std::string hash;  // SHA-256 of json, hex

  std::string_view mark_text() const {  // as it stands in the record
    switch (mark) {
      case ScopeMark::kExact: return "exact";
      case ScopeMark::kRole: return widened ? "role-widened" : "role";
      case ScopeMark::kService: return widened ? "service-widened" : "service";
      case ScopeMark::kCoarse: break;
    }
    return "coarse";
  }
};
inline constexpr std::size_t kSessionPolicyCharsMax = 2048;  // AWS STS, AssumeRole, `Policy`
inline constexpr std::string_view kUnscoped = "unscoped";  // no role is assumed, so nothing is cut

// One thing said in several ways, narrowest first; never empty. The next one is for when STS finds
// the one before too large in its packed form.
using SessionPolicies = std::shared_ptr<const std::vector<SessionPolicy>>;

}  // namespace strait::journey
