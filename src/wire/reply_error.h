// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/value.h"
#include "journey/call.h"
#include "wire/refusal.h"

// AWS's error replies, read strictly and written anew: code, message, modelled members and request
// id, nothing else.
namespace strait::wire {

struct UpstreamError {
  int status = 0;
  std::string code;  // "ResourceNotFoundException", without namespace and URL parts
  std::string message;
  std::string request_id;
  std::string query_code;  // what query clients of the service call it (x-amzn-query-error), or ""
  std::string bucket_region;  // where S3 says that the bucket is: clients sign anew for it; or ""
  codec::Value
      members;  // an Object of the other members, by the modelled error shape; {} when not modelled
};

// What the reply says. A reply to HEAD has no body: its code is made from the status.
Result<UpstreamError> parse_upstream_error(const journey::Call& call,
                                           const journey::ReplyHead& head, std::string_view body);

// Codes that mean *our* credential failed upstream. They are ours to mend and never the agent's to
// see.
bool is_upstream_auth_failure(std::string_view code);

// The error in the protocol's shape. `error.message` has been scrubbed by the caller.
ErrorReply rebuild_error(const journey::Call& call, const UpstreamError& error, bool head_method);

}  // namespace strait::wire
