// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

// RoleSessionName, as STS has it: 2 to 64 characters of A-Z a-z 0-9 _ + = , . @ -
namespace strait::identity {

bool is_role_session_name(std::string_view name);

// `wanted` when it is fit; else one made from the token's subject, so that the audit trail still
// tells who it was: other characters become '-', and a name that was too long or changed ends in 8
// hex digits of the subject's SHA-256.
std::string role_session_name(std::string_view wanted, std::string_view subject);

}  // namespace strait::identity
