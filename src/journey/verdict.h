// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace strait::journey {

enum class Effect : std::uint8_t { kAllow, kAsk, kDeny };
std::string_view name(Effect effect);  // "allow", "ask", "deny"

// A statement by the place a person finds it: "policies/ci.json#NoDelete", or "policies/ci.json#3"
// (its number from 1) when it has no Sid.
class StatementRef {
 public:
  StatementRef() = default;
  StatementRef(std::string_view file, std::string_view sid) {
    text_.reserve(file.size() + 1 + sid.size());
    text_.append(file).append(1, '#').append(sid);
  }
  const std::string& str() const { return text_; }
  bool operator==(const StatementRef&) const = default;

 private:
  std::string text_;
};

// A statement that matched action and resource but not its condition, or the action but not the
// resource.
struct NearMiss {
  StatementRef statement;
  std::string why;  // "condition StringEquals s3:prefix: `logs/` is not `public/`"
};

// What policy says of a call, and why.
struct Verdict {
  Effect effect = Effect::kDeny;
  // The need that decided: the first denied one, else the first asked one, else the first.
  std::string action;
  std::string resource;
  std::vector<StatementRef> decided_by;  // empty when nothing matched: default deny
  std::vector<NearMiss> near_misses;
  std::string why;  // ends the sentence "... because <why>": "no strait policy allows the
                    // s3:DeleteObject action"
  std::string policy_hash;
};

}  // namespace strait::journey
