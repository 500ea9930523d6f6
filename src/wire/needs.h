// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "journey/call.h"

// From an operation's action rows and its input to what must be permitted: one Need for every
// (action, resource). A resource that the input does not name becomes an ARN pattern with `*` where
// AWS knows and we do not, never something narrower. An operation without action rows is refused
// (kUnknownOperation): an empty list would permit everything. Names that may hold an ARN or URL
// (FunctionName, QueueUrl, KeyId, TopicArn) are normalised and must agree with the call's account
// and region, else kInvalidInput. Pure; any thread.
namespace strait::wire {

// Needs of `call`, whose operation, partition, region, account and input are set. What the
// operations in `also` need is needed too.
Result<std::vector<journey::Need>> needs_of(const journey::Call& call);

// Of what classes a need for `action` is that comes from `operation` (of a call that AWS judges as
// another operation too: of that one's as well). The classes are those of the operation for its
// main action and the action's own for the rest; what must be named only because its call must be
// is kBesides.
catalog::Classes classes_of_need(const catalog::Catalog& catalog, catalog::Operation operation,
                                 std::string_view action);

// What conditions can ask of besides the request itself.
struct Surroundings {
  Timestamp now{};
  std::string_view peer;  // "127.0.0.1:53124"
  bool tls = false;
};

// Answers for the condition keys that hold for every need: aws:* from the request and its input,
// and the service's own that the input decides (s3:prefix, dynamodb:LeadingKeys, ec2:InstanceType,
// ...). `strait:param/...` is journey/params.h.
journey::Context context_of(const Surroundings& surroundings);

}  // namespace strait::wire
