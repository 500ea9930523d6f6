// SPDX-License-Identifier: Apache-2.0
#include "ledger/leaf_body.h"

#include "ledger/body_text.h"
#include "ledger/leaf.h"

namespace strait::ledger {
namespace {

// Free text from outside is bounded, so that no agent can make its leaf too long to be recorded.
constexpr std::size_t kTextBytesMax = 512;
constexpr std::size_t kMaskedMax = 64;

std::string_view cut(std::string_view text, std::size_t bytes_max = kTextBytesMax) {
  if (text.size() <= bytes_max) return text;
  // Not inside a UTF-8 sequence.
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xc0) == 0x80) --bytes_max;
  return text.substr(0, bytes_max);
}

template <std::size_t kSize>
void optional_member(BodyText& json, const char (&name)[kSize], std::string_view text) {
  if (!text.empty()) json.member(name, cut(text));
}

// After a key.
void write_person(BodyText& json, std::string_view issuer, std::string_view subject) {
  json.begin_object().member("iss", issuer).member("sub", subject).end_object();
}

void write_asker(BodyText& json, const journey::Session& session) {
  write_person(json.key("principal"), session.principal.issuer, session.principal.subject);
  json.member("role", session.role);
}

void write_target(BodyText& json, const Target& target) {
  json.key("target").begin_object();
  json.member("service", target.service).member("op", target.op);
  json.plain_member("protocol", target.protocol).member("partition", target.partition);
  json.member("account", target.account).member("region", target.region);
  optional_member(json, "host", target.host);
  json.end_object();
}

void write_needs(BodyText& json, std::span<const journey::Need> needs) {
  json.key("needs").begin_array();
  std::size_t bytes = 0;
  std::size_t written = 0;
  for (const auto& need : needs) {
    bytes += need.action.size() + need.resource.size() + 32;
    if (bytes > kNeedsBytesMax) break;
    json.begin_object().member("action", need.action).member("resource", need.resource);
    if (need.deny_only) json.key("may").raw("true");
    json.end_object();
    ++written;
  }
  json.end_array();
  if (written == needs.size()) return;
  crypto::Sha256 hash;
  for (const auto& need : needs) {
    hash.update(need.action);
    hash.update(" ");
    hash.update(need.resource);
    hash.update("\n");
  }
  json.key("needs_cut").begin_object().member("count", std::uint64_t{needs.size()});
  json.member("sha256", crypto::hex(hash.finish())).end_object();
}

// The need that decided is said where there is a choice.
void write_verdict(BodyText& json, const journey::Verdict& verdict,
                   std::span<const journey::Need> needs) {
  json.key("verdict").begin_object().plain_member("effect", journey::name(verdict.effect));
  json.member("policy", verdict.policy_hash).key("by").begin_array();
  for (const auto& statement : verdict.decided_by) json.value(statement.str());
  json.end_array();
  const bool only = needs.size() == 1 && needs[0].action == verdict.action &&
                    needs[0].resource == verdict.resource;
  if (!only) {
    json.member("action", cut(verdict.action));
    json.member("resource", cut(verdict.resource, 2048));
  }
  json.end_object();
}

void write_approval(BodyText& json, const journey::Approval& approval) {
  json.key("approval").begin_object().member("request", approval.request.str());
  json.member("grant", approval.grant.str())
      .member("digest", approval.digest)
      .key("approvers")
      .begin_array();
  for (const auto& approver : approval.approvers) json.value(approver);
  json.end_array().end_object();
}

// After a key.
void write_body(BodyText& json, const Body& body) {
  json.begin_object().key("commit").hash(body.commitment).member("bytes", body.bytes);
  if (body.cut) json.key("cut").raw("true");
  json.end_object();
}

void write_client(BodyText& json, const Client& client) {
  json.key("client").begin_object();
  optional_member(json, "peer", client.peer);
  optional_member(json, "agent", client.agent);
  optional_member(json, "invocation", client.invocation);
  json.end_object();
}

void write_failure(BodyText& json, const Failure& failure) {
  json.key("error").begin_object();
  json.member("code", cut(failure.code));
  if (!failure.message.empty()) json.member("message", cut(failure.message, 2048));
  json.end_object();
}

void write_masked(BodyText& json, std::span<const journey::MaskedMember> masked) {
  if (masked.empty()) return;
  json.key("masked").begin_array();
  for (const auto& member : masked.first(std::min(masked.size(), kMaskedMax))) {
    json.begin_object();
    json.member("path", cut(member.path, 128));
    json.member("kind", cut(member.kind, 64));
    json.end_object();
  }
  json.end_array();
  if (masked.size() > kMaskedMax) json.member("masked_cut", std::uint64_t{masked.size()});
}

std::string_view name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kReplied: return "replied";
    case Outcome::kWithheld: return "withheld";
    case Outcome::kNotSent: return "not_sent";
  }
  return "withheld";
}

// Begins the object, lets `fill` add to it, ends it.
template <class Fill>
std::string object(std::size_t bytes_expected, Fill fill) {
  std::string out;
  out.reserve(bytes_expected);
  BodyText json(out);
  json.begin_object();
  fill(json);
  json.end_object();
  json.finish();
  return out;
}

}  // namespace

Target target_of(const journey::Call& call) {
  return {call.operation.service().name(),
          call.operation.name(),
          catalog::name(call.protocol),
          call.partition,
          call.account,
          call.region,
          call.host};
}

crypto::Digest commit(std::string_view salt, std::string_view body) {
  crypto::Sha256 hash;
  hash.update(salt);
  hash.update(body);
  return hash.finish();
}

std::string genesis_body(const GenesisBody& body) {
  return object(256, [&](BodyText& json) {
    json.member("origin", body.origin).member("vkey", body.vkey).member("version", body.version);
  });
}

std::string session_open_body(const SessionOpenBody& body) {
  return object(512, [&](BodyText& json) {
    write_asker(json, body.session);
    json.member("name", body.session.name).member("key", body.session.access_key_id);
    json.member("issued", rfc3339(body.session.issued))
        .member("expires", rfc3339(body.session.expires));
    optional_member(json, "peer", body.peer);
    if (body.joined) json.key("joined").raw("true");
    if (body.claims != nullptr) write_body(json.key("claims"), *body.claims);
  });
}

std::string session_close_body(std::string_view reason) {
  return object(64, [&](BodyText& json) { json.member("reason", cut(reason)); });
}

std::string intent_body(const IntentBody& body) {
  return object(1024, [&](BodyText& json) {
    thread_local TimeText time;
    json.plain_member("id", body.id).plain_member("arrived", time.render(body.arrived));
    write_asker(json, body.session);
    write_target(json, body.target);
    write_needs(json, body.needs);
    write_verdict(json, body.verdict, body.needs);
    if (body.approval != nullptr) write_approval(json, *body.approval);
    write_body(json.key("input"), body.input);
    write_client(json, body.client);
    json.key("scope").begin_object();
    json.member("mark", body.scope == nullptr ? journey::kUnscoped : body.scope->mark_text());
    if (body.scope != nullptr) json.member("policy", body.scope->hash);
    json.end_object();
  });
}

std::string result_body(const ResultBody& body) {
  return object(512, [&](BodyText& json) {
    json.plain_member("id", body.id).member("intent", body.intent);
    json.plain_member("outcome", name(body.outcome));
    if (body.status > 0) json.member("status", static_cast<std::uint64_t>(body.status));
    optional_member(json, "aws_request_id", body.aws_request_id);
    json.member("sent", body.sent).member("received", body.received).member("us", body.micros);
    if (body.body != nullptr) write_body(json.key("body"), *body.body);
    if (!body.stream_sha256.empty()) {
      json.key("stream").begin_object().member("sha256", body.stream_sha256).end_object();
    }
    write_masked(json, body.masked);
    if (body.error) write_failure(json, *body.error);
  });
}

std::string refused_body(const RefusedBody& body) {
  return object(1024, [&](BodyText& json) {
    if (!body.id.empty()) json.member("id", body.id);
    if (body.session != nullptr) write_asker(json, *body.session);
    optional_member(json, "asked_as", body.asked_as);
    if (body.target != nullptr) write_target(json, *body.target);
    if (!body.needs.empty()) write_needs(json, body.needs);
    if (body.verdict != nullptr) write_verdict(json, *body.verdict, body.needs);
    if (body.input != nullptr) write_body(json.key("input"), *body.input);
    write_client(json, body.client);
    write_failure(json, body.error);
    json.member("rule", cut(body.rule));
    json.member("status", static_cast<std::uint64_t>(body.status));
    if (!body.request.empty()) json.member("request", body.request);
  });
}

std::string outcome_unknown_body(std::string_view id, std::uint64_t intent, std::string_view why) {
  return object(256, [&](BodyText& json) {
    json.member("id", id).member("intent", intent);
    json.member("why", cut(why));
  });
}

std::string approval_requested_body(const ApprovalRequestedBody& body) {
  return object(1024, [&](BodyText& json) {
    json.member("request", body.request).member("digest", body.digest).member("id", body.id);
    write_asker(json, body.session);
    write_target(json, body.target);
    json.member("action", cut(body.action));
    json.member("resource", cut(body.resource, 2048));
    json.member("policy", body.policy);
    if (!body.reason.empty()) json.member("reason", cut(body.reason, 2048));
    json.member("expires", rfc3339(body.expires));
  });
}

std::string approval_decided_body(const ApprovalDecidedBody& body) {
  return object(512, [&](BodyText& json) {
    json.member("request", body.request).member("digest", body.digest);
    json.member("decision", body.approved ? "approve" : "refuse");
    if (!body.grant.empty()) json.member("grant", body.grant);
    write_person(json.key("approver"), body.issuer, body.subject);
    if (!body.reason.empty()) json.member("reason", cut(body.reason, 2048));
    if (!body.approved) return;
    json.member("uses", std::uint64_t{body.uses}).member("expires", rfc3339(body.expires));
  });
}

std::string approval_consumed_body(std::string_view request, std::string_view grant,
                                   std::string_view digest, std::string_view id) {
  return object(256, [&](BodyText& json) {
    json.member("request", request)
        .member("grant", grant)
        .member("digest", digest)
        .member("id", id);
  });
}

std::string approval_expired_body(std::string_view request, std::string_view digest) {
  return object(128,
                [&](BodyText& json) { json.member("request", request).member("digest", digest); });
}

std::string policy_change_body(std::string_view policy, std::string_view previous,
                               std::string_view who, std::string_view summary) {
  return object(512, [&](BodyText& json) {
    json.member("policy", policy);
    optional_member(json, "previous", previous);
    json.member("who", who);
    if (!summary.empty()) json.member("summary", cut(summary, 4096));
  });
}

std::string admin_body(std::string_view what, std::string_view who, std::string_view detail_json) {
  return object(512, [&](BodyText& json) {
    json.member("what", what).member("who", who);
    if (!detail_json.empty()) json.key("detail").raw(detail_json);
  });
}

}  // namespace strait::ledger
