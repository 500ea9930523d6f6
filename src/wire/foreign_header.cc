// SPDX-License-Identifier: Apache-2.0
#include "wire/foreign_header.h"

#include "wire/rest_route.h"

namespace strait::wire {

bool may_change_meaning(catalog::Operation operation, std::string_view name) {
  if (is_transport_header(name) || is_body_checksum_header(operation, name)) return false;
  if (name == "content-encoding" || name == "content-md5") return false;  // body.cc reads them
  return name.starts_with("x-amz-") || name.starts_with("x-amzn-") || name.starts_with("if-") ||
         operation.catalog().binds_header(name);
}

[[gnu::cold]] Status refuse_foreign_header(catalog::Operation operation, std::string_view name) {
  if (name == "x-amz-api-version") {
    return fail(ErrorCode::kUnsupported,
                "endpoint discovery would lead past the gateway: set "
                "AWS_ENABLE_ENDPOINT_DISCOVERY=false or an endpoint URL");
  }
  return fail(ErrorCode::kInvalidInput, "header " + quoted(name) + " is no parameter of " +
                                            std::string(operation.name()) +
                                            ", and Strait does not forward what it does not know: "
                                            "leave it out");
}

}  // namespace strait::wire
