// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "catalog/catalog.h"

// `strait aws identify`: which AWS operation is each of these requests? Reads JSON lines
//   {"method":"POST","url":"https://...","headers":{"X-Amz-Target":"..."},"body64":"e30="}
// and prints one JSON line for each:
//   {"service","operation","protocol","region","actions":[{"action","resource"}],"input":{...},"also":[...]}
//   {"refused":"<code>","why":"..."}   with service, operation and the rest before it when the
//   request is known and refused for what it names
// Signatures and dates are not checked. An empty `actions` means that the IAM action is not known,
// so that no policy can permit the request and the gateway refuses it. `also` lists
// {"service","operation"} of what the request could equally be.
namespace strait::programs {

// One line to one line, without the line end. Never fails: what cannot be read is a refusal as
// well.
std::string identify_line(std::string_view line, std::shared_ptr<const catalog::Catalog> catalog);

// Exit code: 0 when every line was answered, 1 when the input could not be read (said on stderr).
int run_aws_identify(const std::shared_ptr<const catalog::Catalog>& catalog, std::FILE* in,
                     std::FILE* out);

}  // namespace strait::programs
