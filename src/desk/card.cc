// SPDX-License-Identifier: Apache-2.0
#include "desk/card.h"

#include <fmt/format.h>

#include <array>

#include "codec/json.h"
#include "crypto/sha256.h"
#include "desk/canonical.h"

namespace strait::desk {
namespace {

constexpr std::size_t kShownBytesMax = 1024;            // of one text
constexpr std::size_t kParametersBytesMax = 16 * 1024;  // of all

// The next code point of UTF-8; a byte that is none counts as itself. `length` becomes its size in
// bytes.
std::uint32_t code_point(std::string_view text, std::size_t& length) {
  const auto byte = [text](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
  };
  const auto first = byte(0);
  length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF8 ? 4 : 1;
  if (length == 1 || text.size() < length) return length = 1, first;
  auto code = first & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return length = 1, first;
    code = code << 6 | (byte(i) & 0x3F);
  }
  return code;
}

// JSON that is ASCII: what looks like a quote, a direction or nothing at all is spelled out.
std::string ascii_json(std::string_view json) {
  std::string out;
  for (std::size_t at = 0, length = 1; at < json.size(); at += length) {
    const auto code = code_point(json.substr(at), length);
    if (code >= 0x20 && code < 0x7F) {
      out += json[at];
    } else if (code < 0x10000) {
      out += fmt::format("\\u{:04x}", code);
    } else {
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + ((code - 0x10000) >> 10),
                         0xDC00 + ((code - 0x10000) & 0x3FF));
    }
  }
  return out;
}

codec::Value shown_leaf(const codec::Value& value, bool sensitive) {
  const auto* text = value.string();
  const auto* blob = value.blob();
  std::string_view bytes;
  if (text != nullptr) bytes = *text;
  if (blob != nullptr) bytes = blob->bytes;
  if (sensitive) return fmt::format("(hidden: sensitive, {} bytes)", bytes.size());
  if (blob != nullptr)
    return fmt::format("(binary, {} bytes, sha256 {})", bytes.size(), crypto::sha256_hex(bytes));
  if (bytes.size() <= kShownBytesMax) return value;
  return fmt::format("{} (cut here: {} bytes in all, sha256 {})", bytes.substr(0, kShownBytesMax),
                     bytes.size(), crypto::sha256_hex(bytes));
}

// "DeleteObjects" to "Delete Objects".
std::string spaced(std::string_view operation) {
  std::string out;
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  for (std::size_t i = 0; i < operation.size(); ++i) {
    if (i > 0 && upper(operation[i]) && !upper(operation[i - 1])) out += ' ';
    out += operation[i];
  }
  return out;
}

std::string_view name_of_action(std::string_view action) {
  const auto colon = action.find(':');
  return colon == std::string_view::npos ? action : action.substr(colon + 1);
}

constexpr std::array<std::string_view, 12> kDestroyers{
    "Delete", "Terminate",  "Remove",  "Purge",  "Destroy", "Drop",
    "Revoke", "Deregister", "Disable", "Cancel", "Stop",    "Schedule"};

bool destroys(std::string_view operation) {
  for (const auto verb : kDestroyers) {
    if (operation.starts_with(verb))
      return verb != "Stop" && verb != "Schedule" && verb != "Disable" && verb != "Cancel";
  }
  return operation == "ScheduleKeyDeletion";
}

std::string span_text(Timestamp::duration span) {
  const auto seconds = std::chrono::duration_cast<Seconds>(span).count();
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

std::string clock_text(const Request& request, Timestamp now) {
  const auto last = [&request](bool approve) -> std::string {
    for (auto it = request.decisions.rbegin(); it != request.decisions.rend(); ++it) {
      if (it->approve == approve) return printable(it->display, 100) + " at " + rfc3339(it->at);
    }
    return "nobody";
  };
  switch (request.state) {
    case RequestState::kApproved:
      return "approved by " + last(true) + (request.consumed ? ", used" : ", not used yet");
    case RequestState::kDenied: return "denied by " + last(false);
    case RequestState::kExpired: return "expired, nothing happened";
    case RequestState::kPending: break;
  }
  if (request.expires <= now) return "expired, nothing happened";
  return "expires in " + span_text(request.expires - now);
}

std::vector<std::string> facts_of(const Request& request) {
  std::vector<std::string> facts;
  facts.push_back(request.earlier == 0
                      ? "the first " + printable(request.action) + " this agent asks for"
                      : fmt::format("approved for this agent {} time{} before", request.earlier,
                                    request.earlier == 1 ? "" : "s"));
  if (destroys(name_of_action(request.action)))
    facts.emplace_back("this destroys something; strait cannot undo it");
  if (request.resource.find('*') != std::string::npos) {
    facts.emplace_back("exactly which resource is not known to strait; it is one of " +
                       printable(request.resource));
  }
  if (request.approvals_required > 1) {
    int given = 0;
    for (const auto& decision : request.decisions) given += decision.approve;
    facts.push_back(fmt::format("{} of {} approvals given", given, request.approvals_required));
  }
  facts.push_back("asked by rule " + printable(request.rule));
  return facts;
}

}  // namespace

std::string printable(std::string_view text, std::size_t bytes_max) {
  std::string out;
  for (std::size_t at = 0, length = 1; at < text.size(); at += length) {
    if (out.size() >= bytes_max) return out + fmt::format("... ({} bytes in all)", text.size());
    const auto code = code_point(text.substr(at), length);
    if (code >= 0x20 && code < 0x7F) {
      out += text[at];
    } else {
      out += fmt::format("\\u{{{:x}}}", code);
    }
  }
  return out;
}

std::string shown_parameters(const journey::Call& call) {
  const auto shape = input_shape(call.catalog.get(), call.operation);
  std::string json;
  codec::write_json(json, shown_value(call.input, shape, false, shown_leaf));
  auto ascii = ascii_json(json);
  if (ascii.size() <= kParametersBytesMax) return ascii;
  codec::Value cut = codec::Object{
      {"(cut here)",
       fmt::format("{} bytes in all, sha256 {}", ascii.size(), crypto::sha256_hex(json))},
      {"(beginning)", ascii.substr(0, kParametersBytesMax)}};
  std::string out;
  codec::write_json(out, cut);
  return out;
}

std::string_view risk_word(std::string_view access_level, std::string_view operation,
                           catalog::Classes classes) {
  if (classes != 0 || access_level == "Permissions management" || destroys(operation))
    return "HIGH";
  if (access_level == "Read" || access_level == "List") return "LOW";
  return "MEDIUM";
}

RequestCard card_of(const Request& request, Timestamp now) {
  RequestCard card;
  card.id = request.id.str();
  card.headline =
      fmt::format("{}  {}  {}", request.risk, spaced(printable(name_of_action(request.action))),
                  printable(request.resource));
  card.who = fmt::format("{}, session {} ({}), role {}, connection {}", printable(request.asker),
                         request.session, printable(request.session_name), printable(request.role),
                         printable(request.connection));
  card.facts = facts_of(request);
  card.call = fmt::format("{} {} in {}, account {}", request.service, request.operation,
                          printable(request.region), request.account);
  if (const auto parameters = codec::parse_json(request.parameters);
      parameters && parameters->object() != nullptr) {
    for (const auto& [name, value] : *parameters->object()) {
      std::string json;
      codec::write_json(json, value);
      card.parameters.emplace_back(printable(name), ascii_json(json));
    }
  }
  card.reason = printable(request.reason);
  for (const auto& rule : request.approvers)
    card.approvers += (card.approvers.empty() ? "" : ", ") + printable(rule);
  card.clock = clock_text(request, now);
  return card;
}

std::string card_text(const RequestCard& card) {
  std::string out = card.headline + "\n  who      " + card.who + "\n";
  for (const auto& fact : card.facts) out += "  fact     " + fact + "\n";
  out += "  call     " + card.call + "\n";
  for (const auto& [name, value] : card.parameters)
    out += "           " + name + " = " + value + "\n";
  if (!card.reason.empty()) out += "  reason   written by the agent: \"" + card.reason + "\"\n";
  out += "  approve  " +
         (card.approvers.empty() ? "nobody is listed for this role" : card.approvers) + "\n";
  return out + "  clock    " + card.clock + "\n  id       " + card.id + "\n";
}

std::string card_json(const RequestCard& card, const Request& request) {
  std::string out;
  codec::JsonWriter json(out);
  json.begin_object()
      .member("id", card.id)
      .member("state", name(request.state))
      .member("headline", card.headline);
  json.member("risk", request.risk).member("who", card.who).key("facts").begin_array();
  for (const auto& fact : card.facts) json.value(fact);
  json.end_array()
      .member("call", card.call)
      .member("action", request.action)
      .member("resource", request.resource);
  json.member("service", request.service)
      .member("operation", request.operation)
      .member("region", request.region);
  json.member("account", request.account)
      .member("role", request.role)
      .member("session", request.session);
  json.member("digest", request.digest)
      .member("rule", request.rule)
      .key("parameters")
      .begin_object();
  for (const auto& [name, value] : card.parameters) json.key(name).raw(value);
  json.end_object().member("agent_reason", card.reason).key("approvers").begin_array();
  for (const auto& rule : request.approvers) json.value(rule);
  json.end_array().member("approvals_required", request.approvals_required);
  json.member("created", rfc3339(request.created)).member("expires", rfc3339(request.expires));
  json.key("decisions").begin_array();
  for (const auto& decision : request.decisions) {
    json.begin_object().member("approve", decision.approve).member("by", decision.display);
    json.member("at", rfc3339(decision.at)).member("reason", decision.reason).end_object();
  }
  json.end_array().member("used", request.consumed).member("clock", card.clock).end_object();
  return out;
}

}  // namespace strait::desk
