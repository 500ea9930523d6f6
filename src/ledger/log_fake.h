// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <vector>

#include "crypto/ed25519.h"
#include "ledger/checkpoint.h"
#include "ledger/leaf.h"
#include "ledger/leaf_body.h"
#include "ledger/merkle.h"
#include "ledger/verify.h"

// A small log in memory, for tests: a few words say what happened, and the leaves are those a
// recorder would write.
namespace strait::ledger {

inline Timestamp test_time(int second = 0) {
  return *parse_rfc3339("2026-11-23T01:02:03.000004Z") + std::chrono::seconds(second);
}

template <class AnId>
AnId test_id(int number) {
  Entropy entropy{};
  entropy[9] = static_cast<std::uint8_t>(number);
  entropy[8] = static_cast<std::uint8_t>(number >> 8);
  return AnId::make(test_time(), entropy);
}

class LogFake {
 public:
  static constexpr const char* kOrigin = "strait/test/audit";

  LogFake() { put(Kind::kGenesis, genesis_body({kOrigin, vkey_text(vkey()), "0.1"}), ""); }

  Vkey vkey() const { return make_vkey(kOrigin, key_.public_key()); }

  journey::Session session(int number = 1, std::string subject = "kim") const {
    journey::Session session;
    session.id = test_id<SessionId>(number);
    session.principal = {"https://issuer.example", std::move(subject), {}};
    session.role = "arn:aws:iam::123456789012:role/developer";
    session.name = "laptop";
    session.access_key_id = "STRTABCDEFGHIJKLMNOP";
    session.issued = test_time();
    session.expires = test_time(3600);
    return session;
  }

  void open(const journey::Session& session) {
    put(Kind::kSessionOpen, session_open_body({session, "127.0.0.1:1"}), session.id.str());
  }
  void close(const journey::Session& session) {
    put(Kind::kSessionClose, session_close_body("logout"), session.id.str());
  }

  std::uint64_t intent(const journey::Session& session, int call,
                       journey::Effect effect = journey::Effect::kAllow,
                       const journey::Approval* approval = nullptr,
                       const std::vector<journey::Need>& needs = {
                           {"s3:GetObject", "arn:aws:s3:::shop/\"quoted\""}}) {
    journey::Verdict verdict;
    verdict.effect = effect;
    verdict.action = "s3:GetObject";
    verdict.resource = "arn:aws:s3:::shop/\"quoted\"";
    verdict.decided_by = {{"policies/ci.json", "ReadShop"}};
    verdict.policy_hash = "abc";
    const auto id = call_id(call);
    return put(Kind::kIntent,
               intent_body({.id = id,
                            .arrived = test_time(),
                            .session = session,
                            .target = {"s3", "GetObject", "rest-xml", "aws", "123456789012",
                                       "eu-west-1", "s3.local"},
                            .needs = needs,
                            .verdict = verdict,
                            .approval = approval,
                            .input = {commit("salt", "{}"), 2, false},
                            .client = {"127.0.0.1:1", "aws-cli/2", "inv"}}),
               session.id.str());
  }

  void result(const journey::Session& session, int call, std::uint64_t intent) {
    const auto id = call_id(call);
    const std::vector<journey::MaskedMember> masked{{"SecretString", "member"}};
    put(Kind::kResult,
        result_body(
            {.id = id, .intent = intent, .status = 200, .aws_request_id = "R1", .masked = masked}),
        session.id.str());
  }

  void unknown(const journey::Session& session, int call, std::uint64_t intent) {
    put(Kind::kOutcomeUnknown, outcome_unknown_body(call_id(call), intent, "crash"),
        session.id.str());
  }

  void refused(const journey::Session& session, int call) {
    const auto id = call_id(call);
    put(Kind::kRefused,
        refused_body({.id = id,
                      .session = &session,
                      .error = {"denied", "no"},
                      .rule = "none",
                      .status = 403}),
        session.id.str());
  }

  void ask(const journey::Session& session, int request, const std::string& digest, int call = 77) {
    put(Kind::kApprovalRequested,
        approval_requested_body(
            {.request = request_id(request),
             .digest = digest,
             .id = call_id(call),
             .session = session,
             .target = {"s3", "DeleteObject", "rest-xml", "aws", "123456789012", "eu-west-1", ""},
             .action = "s3:DeleteObject",
             .resource = "arn:aws:s3:::shop/x",
             .policy = "abc",
             .reason = "clean up",
             .expires = test_time(900)}),
        session.id.str());
  }

  void decide(int request, const std::string& digest, bool approved, const std::string& subject) {
    put(Kind::kApprovalDecided,
        approval_decided_body({.request = request_id(request),
                               .digest = digest,
                               .approved = approved,
                               .grant = approved ? grant_id(request) : "",
                               .issuer = "https://issuer.example",
                               .subject = subject,
                               .reason = "",
                               .uses = 1,
                               .expires = test_time(900)}),
        "");
  }

  journey::Approval approval(int request, const std::string& digest,
                             const std::string& subject) const {
    return {test_id<RequestId>(request),
            test_id<GrantId>(request),
            digest,
            {"https://issuer.example|" + subject}};
  }

  // Signs what is there.
  void checkpoint() {
    Frontier tree;
    for (const auto& leaf : leaves) tree.add(leaf_hash(leaf));
    notes.push_back(sign_checkpoint({kOrigin, tree.size(), tree.root()}, key_));
  }

  Report verify(LogState state = LogState::kAtRest) const {
    Verifier verifier({vkey()}, notes, state);
    for (const auto& leaf : leaves) verifier.add(leaf);
    return std::move(verifier).finish();
  }

  std::uint64_t put(Kind kind, std::string body, std::string_view session) {
    Link link{session, 0, {}};
    auto& chain = chains_[std::string(session)];
    link.seq = chain.first;
    link.prev = chain.second;
    const auto time = time_text_.render(test_time(static_cast<int>(leaves.size())));
    const LeafHead head{kind, time, session.empty() ? nullptr : &link};
    std::string leaf(leaf_bytes_bound(head, body), '\0');
    leaf.resize(write_leaf(leaf.data(), head, body));
    ++chain.first;
    chain.second = leaf_hash(leaf);
    leaves.push_back(leaf);
    return leaves.size() - 1;
  }

  static std::string request_id(int number) { return text(test_id<RequestId>(number)); }
  static std::string grant_id(int number) { return text(test_id<GrantId>(number)); }
  static std::string call_id(int number) { return text(test_id<CallId>(number)); }

  std::vector<std::string> leaves;
  std::vector<std::string> notes;

 private:
  template <class AnId>
  static std::string text(const AnId& id) {
    return std::string(id.str());
  }

  crypto::SigningKey key_ = *crypto::SigningKey::from_seed(std::string(32, 'k'));
  std::map<std::string, std::pair<std::uint64_t, crypto::Digest>> chains_;
  TimeText time_text_;
};

// A log with a bit of everything, complete and signed.
inline LogFake small_log() {
  LogFake log;
  const auto kim = log.session(1, "kim");
  const auto ada = log.session(2, "ada");
  const std::string digest(64, 'd');
  log.open(kim);
  const auto first = log.intent(kim, 1);
  log.open(ada);
  const auto second = log.intent(ada, 2);
  log.result(kim, 1, first);
  log.checkpoint();
  log.ask(kim, 1, digest, 3);
  log.decide(1, digest, true, "boss");
  const auto approval = log.approval(1, digest, "boss");
  const auto third = log.intent(kim, 3, journey::Effect::kAsk, &approval);
  log.unknown(ada, 2, second);
  log.result(kim, 3, third);
  log.refused(ada, 4);
  log.close(ada);
  log.checkpoint();
  return log;
}

}  // namespace strait::ledger
