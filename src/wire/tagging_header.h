// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/member_path.h"

namespace strait::wire {

// The header x-amz-tagging holds tags as a form, "a=1&b=2" (Amazon S3 API, PutObject: "URL query
// parameters without tag name duplicates"). Read and spelled anew, so that a semicolon or a plus
// sign in it has one reading; a tag named twice is refused.
Result<std::string> canonical_tagging(std::string_view text, const MemberPath& path);

}  // namespace strait::wire
