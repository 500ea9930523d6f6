// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "catalog/catalog.h"
#include "journey/journey.h"
#include "wire/request_view.h"

// A no in the words of AWS: status, error code and body in the shape that the caller's protocol
// expects, so that stock tools print our sentence. Denials are 4xx (SDKs do not retry them),
// throttling is 429, what cannot answer is 503.
namespace strait::wire {

// How an error must look. kS3 is rest-xml with S3's own elements.
enum class ErrorShape : std::uint8_t { kJson, kRestJson, kQuery, kEc2, kRestXml, kS3, kCbor };

ErrorShape error_shape(const journey::Call& call);
// When parsing failed: from the marks in the head alone. Never fails; the last guess is kRestJson.
ErrorShape guess_error_shape(const journey::RequestHead& head);

struct RefusalText {
  std::string code;  // "AccessDeniedException"
  int status = 403;
  std::string message;  // one line
};

// The one table from our codes to AWS's.
RefusalText refusal_text(const Error& error, ErrorShape shape);

struct RefusalFacts {
  std::string id;                         // call_..., also sent as the request id
  std::string_view decision = "refused";  // x-strait-decision: deny, ask, refused, expired, limited
  std::string rule;                       // "ci.json#NoDelete"; "" when none
  std::string help;                       // URL; "" when none
  std::string_view retry = "no";          // no, after-approval, after-login, or after=30s
  bool head_method = false;               // answer without body
};

journey::Refusal make_refusal(const Error& error, ErrorShape shape, const RefusalFacts& facts);

// Body and headers of an error in a shape; what make_refusal and the rebuilt upstream errors share.
struct ErrorReply {
  journey::ReplyHead head;
  std::string body;
};
ErrorReply error_reply(const RefusalText& text, ErrorShape shape, std::string_view request_id,
                       bool head_method);

// "User: <session arn> is not authorized to perform: <action> on resource: <arn> because <why>
// [strait <id> rule=<file#sid|none> retry=<...>]. <next step>": one line of at most 600 bytes,
// whatever goes in.
std::string denial_sentence(std::string_view session_arn, const journey::Verdict& verdict,
                            std::string_view id, std::string_view retry,
                            std::string_view next_step);

}  // namespace strait::wire
