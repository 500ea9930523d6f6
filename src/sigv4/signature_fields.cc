// SPDX-License-Identifier: Apache-2.0
#include "sigv4/signature_fields.h"

namespace strait::sigv4 {

SignatureFields signature_fields(const journey::Headers& headers) {
  SignatureFields out;
  for (const auto& field : headers.fields()) {
    const std::string_view name = field.first;
    Single* found = nullptr;
    switch (name.size()) {
      case 4: found = name == "host" ? &out.host : nullptr; break;
      case 10: found = name == "x-amz-date" ? &out.date : nullptr; break;
      case 13: found = name == "authorization" ? &out.authorization : nullptr; break;
      case 20:
        if (name == "x-amz-content-sha256") found = &out.content_sha256;
        if (name == "x-amz-security-token") found = &out.security_token;
        break;
      default: break;
    }
    if (found != nullptr) *found = {found->count + 1, field.second};
  }
  return out;
}

}  // namespace strait::sigv4
