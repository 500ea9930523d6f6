// SPDX-License-Identifier: Apache-2.0
#include "store/replay.h"

#include <fmt/format.h>

#include <string_view>
#include <unordered_map>

#include "codec/hex.h"
#include "codec/json.h"
#include "ledger/leaf.h"

namespace strait::store {
namespace {

std::optional<std::string> body_of(const ledger::Leaf& leaf, std::string_view path,
                                   const SessionBodies& bodies) {
  const auto commitment = codec::hex_decode(leaf.text(path));
  const auto found = commitment ? bodies.find(*commitment) : bodies.end();
  if (found == bodies.end()) return std::nullopt;
  return found->second;
}

std::string joined(const codec::Value* texts) {
  std::string out;
  if (texts == nullptr || texts->list() == nullptr) return out;
  for (const auto& text : *texts->list()) out += (out.empty() ? "" : ", ") + *text.string();
  return out;
}

ReplayStep begin_step(ReplayStep::Kind kind, const LeafAt& at, const ledger::Leaf& leaf) {
  ReplayStep step;
  step.kind = kind;
  step.index = at.index;
  step.seq = leaf.seq;
  step.time = leaf.time;
  step.call = leaf.text("id");
  step.service = leaf.text("target.service");
  step.operation = leaf.text("target.op");
  step.region = leaf.text("target.region");
  step.account = leaf.text("target.account");
  if (const auto* needs = leaf.find("needs")) {
    for (const auto& need : *needs->list()) {
      step.needs.emplace_back(*need.find("action")->string(), *need.find("resource")->string());
    }
  }
  step.effect = leaf.text("verdict.effect");
  step.policy_hash = leaf.text("verdict.policy");
  step.scope = leaf.text("scope.mark");
  step.scope_policy = leaf.text("scope.policy");
  step.rule = joined(leaf.find("verdict.by"));
  if (step.rule.empty()) step.rule = leaf.find("rule") != nullptr ? leaf.text("rule") : "none";
  step.request =
      leaf.find("approval") != nullptr ? leaf.text("approval.request") : leaf.text("request");
  if (const auto* approvers = leaf.find("approval.approvers")) {
    for (const auto& approver : *approvers->list()) step.approvers.push_back(*approver.string());
  }
  step.error_code = leaf.text("error.code");
  step.error_message = leaf.text("error.message");
  step.status = static_cast<int>(leaf.number("status"));
  return step;
}

void end_step(ReplayStep& step, const ledger::Leaf& leaf, const SessionBodies& bodies) {
  if (leaf.kind == ledger::Kind::kOutcomeUnknown) {
    step.outcome = "unknown";
    step.error_message = leaf.text("why");
    return;
  }
  step.outcome = leaf.text("outcome");
  step.status = static_cast<int>(leaf.number("status"));
  step.aws_request_id = leaf.text("aws_request_id");
  step.error_code = leaf.text("error.code");
  step.error_message = leaf.text("error.message");
  step.sent = leaf.number("sent");
  step.received = leaf.number("received");
  step.micros = leaf.number("us");
  step.reply_body = body_of(leaf, "body.commit", bodies);
  step.reply_cut = leaf.find("body.cut") != nullptr;
  if (const auto* masked = leaf.find("masked")) {
    for (const auto& member : *masked->list())
      step.masked.push_back(*member.find("path")->string());
  }
}

std::string outcome_text(const ReplayStep& step) {
  if (step.outcome == "refused") return fmt::format("refused {} {}", step.status, step.error_code);
  if (step.outcome == "unknown") return "outcome unknown: " + step.error_message;
  if (step.outcome.empty()) return "no outcome yet";
  auto text = step.outcome == "replied" ? fmt::format("{}", step.status) : step.outcome;
  if (!step.error_code.empty()) text += " " + step.error_code;
  if (!step.masked.empty()) text += fmt::format(", {} masked", step.masked.size());
  return text + fmt::format(", {:.1f} ms", static_cast<double>(step.micros) / 1000);
}

// Text from outside must not steer the terminal it is shown on.
std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= ' ' && c != 0x7f)
      out += c;
    else
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string_view name(ReplayStep::Kind kind) {
  switch (kind) {
    case ReplayStep::Kind::kOpened: return "opened";
    case ReplayStep::Kind::kCall: return "call";
    case ReplayStep::Kind::kRefused: return "refused";
    case ReplayStep::Kind::kAsked: return "asked";
    case ReplayStep::Kind::kClosed: return "closed";
  }
  return "";
}

std::string step_line(const ReplayStep& step) {
  auto line = fmt::format("{:>4}  {}  ", step.seq, rfc3339(step.time));
  if (step.kind == ReplayStep::Kind::kOpened) return line + "session opened\n";
  if (step.kind == ReplayStep::Kind::kClosed) return line + "session closed\n";
  const auto call = step.service.empty() ? "(not understood)"
                                         : fmt::format("{}:{}", step.service, step.operation);
  if (step.kind == ReplayStep::Kind::kAsked)
    return line + fmt::format("{}  asked for approval {}\n", call, step.request);
  line += fmt::format("{}  {}  {}  {}", call, step.region,
                      step.effect.empty() ? "refused" : step.effect, step.rule);
  if (!step.approvers.empty()) line += fmt::format("  approved in {}", step.request);
  line += "  " + outcome_text(step);
  if (!step.against.empty()) line += "  [against: " + step.against + "]";
  return line + "\n";
}

void write_step(codec::JsonWriter& json, const ReplayStep& step) {
  json.begin_object()
      .member("step", name(step.kind))
      .member("index", step.index)
      .member("seq", step.seq);
  json.member("time", rfc3339(step.time)).member("call", step.call).member("service", step.service);
  json.member("operation", step.operation)
      .member("region", step.region)
      .member("account", step.account);
  json.key("needs").begin_array();
  for (const auto& [action, resource] : step.needs) {
    json.begin_object().member("action", action).member("resource", resource).end_object();
  }
  json.end_array()
      .member("effect", step.effect)
      .member("rule", step.rule)
      .member("policy", step.policy_hash);
  if (!step.against.empty()) json.member("against", step.against);
  json.member("scope", step.scope).member("scope_policy", step.scope_policy);
  json.member("request", step.request).key("approvers").begin_array();
  for (const auto& approver : step.approvers) json.value(approver);
  json.end_array().member("outcome", step.outcome).member("status", step.status);
  json.member("aws_request_id", step.aws_request_id).member("error_code", step.error_code);
  json.member("error_message", step.error_message).key("masked").begin_array();
  for (const auto& path : step.masked) json.value(path);
  json.end_array()
      .member("sent", step.sent)
      .member("received", step.received)
      .member("us", step.micros);
  if (step.input_json) json.member("input", *step.input_json).member("input_cut", step.input_cut);
  if (step.reply_body) json.member("reply", *step.reply_body).member("reply_cut", step.reply_cut);
  json.end_object();
}

}  // namespace

Result<std::vector<ReplayStep>> replay_steps(const std::vector<LeafAt>& leaves,
                                             const SessionBodies& bodies) {
  std::vector<ReplayStep> steps;
  std::unordered_map<std::uint64_t, std::size_t> open;  // INTENT's index to its step
  for (const auto& at : leaves) {
    TRY(const auto leaf, ledger::parse_leaf(at.bytes));
    switch (leaf.kind) {
      case ledger::Kind::kSessionOpen:
        steps.push_back(begin_step(ReplayStep::Kind::kOpened, at, leaf));
        break;
      case ledger::Kind::kSessionClose:
        steps.push_back(begin_step(ReplayStep::Kind::kClosed, at, leaf));
        break;
      case ledger::Kind::kApprovalRequested:
        steps.push_back(begin_step(ReplayStep::Kind::kAsked, at, leaf));
        steps.back().needs = {
            {std::string(leaf.text("action")), std::string(leaf.text("resource"))}};
        break;
      case ledger::Kind::kRefused:
        steps.push_back(begin_step(ReplayStep::Kind::kRefused, at, leaf));
        steps.back().outcome = "refused";
        steps.back().input_json = body_of(leaf, "input.commit", bodies);
        steps.back().input_cut = leaf.find("input.cut") != nullptr;
        break;
      case ledger::Kind::kIntent:
        open[at.index] = steps.size();
        steps.push_back(begin_step(ReplayStep::Kind::kCall, at, leaf));
        steps.back().input_json = body_of(leaf, "input.commit", bodies);
        steps.back().input_cut = leaf.find("input.cut") != nullptr;
        break;
      case ledger::Kind::kResult:
      case ledger::Kind::kOutcomeUnknown:
        if (const auto found = open.find(leaf.number("intent")); found != open.end()) {
          end_step(steps[found->second], leaf, bodies);
        }
        break;
      default: break;
    }
  }
  return steps;
}

std::string replay_text(const std::vector<ReplayStep>& steps, bool with_bodies) {
  std::string text;
  for (const auto& step : steps) {
    text += step_line(step);
    for (const auto& [action, resource] : step.needs) {
      text += fmt::format("        {} on {}\n", printable(action), printable(resource));
    }
    if (!with_bodies) continue;
    if (step.input_json) text += fmt::format("        in   {}\n", printable(*step.input_json));
    if (step.reply_body) text += fmt::format("        out  {}\n", printable(*step.reply_body));
  }
  return text;
}

std::string replay_json_lines(const std::vector<ReplayStep>& steps) {
  std::string out;
  for (const auto& step : steps) {
    codec::JsonWriter json(out);
    write_step(json, step);
    out += '\n';
  }
  return out;
}

}  // namespace strait::store
