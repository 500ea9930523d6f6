// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "catalog/catalog.h"
#include "codec/value.h"
#include "wire/member_path.h"

// One modelled header: scalars, base64 JSON (jsonvalue), and lists joined by commas with quoted
// elements (RFC 9110, 5.6).
namespace strait::wire {

Result<codec::Value> read_header(std::string_view text, const catalog::Member& member,
                                 const MemberPath& path);
Result<std::string> write_header(const codec::Value& value, const catalog::Member& member);

}  // namespace strait::wire
