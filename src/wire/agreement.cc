// SPDX-License-Identifier: Apache-2.0
#include "wire/agreement.h"

#include <algorithm>

#include "codec/arn.h"
#include "codec/value_path.h"

namespace strait::wire {

bool is_account_id(std::string_view text) {
  return text.size() == 12 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Status check_region_agrees(std::string_view region, std::string_view name,
                           const journey::Call& call) {
  if (region.empty() || region == call.region) return {};
  return fail(ErrorCode::kInvalidInput, quoted(name) + " is in region " + quoted(region) +
                                            ", and the request is signed for " +
                                            quoted(call.region) + ": send it to that region");
}

Status check_owner_agrees(std::string_view account, std::string_view name,
                          const journey::Call& call) {
  if (account == call.account || call.any_account || !is_account_id(account)) return {};
  return fail(ErrorCode::kInvalidInput, quoted(name) + " is in account " + std::string(account) +
                                            ", and this connection is to " + call.account +
                                            ": use a connection to that account");
}

Status check_arn_agrees(std::string_view name, const catalog::ResourceRow& row,
                        const journey::Call& call) {
  if (!name.starts_with("arn:")) return {};
  const auto said = codec::parse_arn(name);
  const auto wanted = codec::parse_arn(row.pattern);
  if (!said || !wanted || said->service != wanted->service) return {};
  if (said->partition != call.partition) {
    return fail(ErrorCode::kInvalidInput,
                quoted(name) + " is in partition " + quoted(said->partition) +
                    ", and the request goes to " + quoted(call.partition));
  }
  if (wanted->region == "${Region}" && !row.other_region)
    CHECK_OK(check_region_agrees(said->region, name, call));
  if (wanted->account == "${Account}" && !row.other_account)
    return check_owner_agrees(said->account, name, call);
  return {};
}

Status check_account_agrees(std::string_view path, const journey::Call& call) {
  const auto* value = codec::find_path(call.input, path);
  const auto* text = value == nullptr ? nullptr : value->string();
  // Glue writes what is within a catalog behind the account: "123456789012:catalog/database".
  return text == nullptr ? Status() : check_owner_agrees(text->substr(0, 12), *text, call);
}

}  // namespace strait::wire
