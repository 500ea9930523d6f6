// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/catalog.h"
#include "desk/request.h"
#include "journey/call.h"

// What an approver sees, in one order everywhere: risk, verb and thing; who and for whom; facts;
// the exact call; the agent's own words, marked as such; who may decide; the clock. Text from
// outside is escaped to printable ASCII before it gets here, so that no bidi override, control or
// look-alike can change what a terminal or browser shows. Pure.
namespace strait::desk {

struct RequestCard {
  std::string headline;  // "HIGH  Delete Object  arn:aws:s3:::shop-logs/a.gz"
  std::string who;       // "kim@acme.dev, session ses_... (ci), role developer, connection prod"
  std::vector<std::string> facts;
  std::string call;  // "s3 DeleteObject in eu-west-1, account 123456789012"
  std::vector<std::pair<std::string, std::string>> parameters;  // member, escaped JSON
  std::string reason;                                           // "" when the agent gave none
  std::string approvers;
  std::string clock;  // "expires in 12:40", "expired, nothing happened", "approved by ..."
  std::string id;
};

RequestCard card_of(const Request& request, Timestamp now);
std::string card_text(const RequestCard& card);
std::string card_json(const RequestCard& card,
                      const Request& request);  // one JSON object, for --json and the console

// The call's input as kept in Request::parameters: JSON in printable ASCII. Members that the model
// marks as sensitive are replaced by their size; a value too long to show by its beginning, its
// size and its SHA-256. What is approved is the whole value all the same: the digest covers it.
std::string shown_parameters(const journey::Call& call);

// Text for a terminal or a sentence: anything but printable ASCII as \u{...}, cut at `bytes_max`.
std::string printable(std::string_view text, std::size_t bytes_max = 600);

// "HIGH" for a class (credentials, pass-role, ...), permissions management and what destroys;
// "MEDIUM" for other writes; "LOW" for reads.
std::string_view risk_word(std::string_view access_level, std::string_view operation,
                           catalog::Classes classes);

}  // namespace strait::desk
