// SPDX-License-Identifier: Apache-2.0
#include "analysis/past.h"

#include "codec/json.h"
#include "wire/recorded_call.h"

namespace strait::analysis {
namespace {

// The claims as the recorder writes them: an object of lists of texts.
bool read_claims(std::string_view json, journey::Principal& out) {
  const auto claims = codec::parse_json(json);
  if (!claims || claims->object() == nullptr) return false;
  for (const auto& claim : *claims->object()) {
    if (claim.value.list() == nullptr) return false;
    auto& values = out.claims.emplace_back(claim.name, std::vector<std::string>()).second;
    for (const auto& value : *claim.value.list()) {
      if (value.string() == nullptr) return false;
      values.push_back(*value.string());
    }
  }
  return true;
}

journey::Session session_of(const ledger::PastSession& recorded) {
  journey::Session session;
  session.id = SessionId::parse(recorded.id).value_or(SessionId());
  session.principal.issuer = recorded.issuer;
  session.principal.subject = recorded.subject;
  session.role = recorded.role;
  session.name = recorded.name;
  session.issued = recorded.issued;
  session.expires = recorded.expires;
  return session;
}

wire::RecordedCall as_recorded(const ledger::PastCall& recorded,
                               std::optional<std::string_view> input_json) {
  return {.service = recorded.service,
          .operation = recorded.operation,
          .protocol = recorded.protocol,
          .partition = recorded.partition,
          .account = recorded.account,
          .region = recorded.region,
          .host = recorded.host,
          .peer = recorded.peer,
          .agent = recorded.agent,
          .at = recorded.time,
          .input_json = input_json};
}

// What the leaf alone says: no input, so no condition can be known to hold.
Result<journey::Call> call_of_leaf(const ledger::PastCall& recorded,
                                   const std::shared_ptr<const catalog::Catalog>& catalog) {
  TRY(auto recalled, wire::recall(as_recorded(recorded, std::nullopt), catalog));
  auto& call = recalled.call;
  for (const auto& [action, resource, may] : recorded.needs) {
    journey::Need need{.action = action, .resource = resource, .deny_only = may};
    need.pattern = resource != "*" && resource.find_first_of("*?") != std::string::npos;
    need.classes = catalog->classes_of_action(action);
    call.needs.push_back(std::move(need));
  }
  return std::move(call);
}

}  // namespace

Result<Past> remember(const ledger::PastCall& recorded, const Kept& kept,
                      const std::shared_ptr<const catalog::Catalog>& catalog) {
  if (recorded.session == nullptr) {
    return fail(ErrorCode::kNotFound,
                "call " + quoted(recorded.id) + " belongs to no session of this record");
  }
  auto session = session_of(*recorded.session);
  const bool claims = kept.claims_json && read_claims(*kept.claims_json, session.principal);
  if (!kept.input_json || recorded.input_cut) {
    TRY(auto call, call_of_leaf(recorded, catalog));
    return Past{std::move(call), std::move(session), "its input was not kept"};
  }
  TRY(auto recalled, wire::recall(as_recorded(recorded, kept.input_json), catalog));
  std::string doubt;
  if (!claims) doubt = "the token's claims were not kept";
  if (recalled.covered) doubt = "sensitive parameters are covered in the record";
  return Past{std::move(recalled.call), std::move(session), std::move(doubt)};
}

}  // namespace strait::analysis
