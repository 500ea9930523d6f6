// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "codec/base64.h"
#include "codec/json.h"
#include "ledger/verify.h"

namespace strait::ledger {
namespace {

std::string_view name(Check check) {
  switch (check) {
    case Check::kSchema: return "schema";
    case Check::kGenesis: return "genesis";
    case Check::kCheckpoints: return "checkpoints";
    case Check::kSessions: return "sessions";
    case Check::kCalls: return "calls";
    case Check::kApprovals: return "approvals";
    case Check::kTime: return "time";
  }
  return "";
}

std::string_view sentence(Check check) {
  switch (check) {
    case Check::kSchema: return "records are well-formed, with no unknown or doubled field";
    case Check::kGenesis: return "beginning: the log's name and key are the trusted ones";
    case Check::kCheckpoints:
      return "signed checkpoints; the root of each was recomputed from the records";
    case Check::kSessions: return "session records are numbered without gap and linked by hash";
    case Check::kCalls:
      return "calls were recorded before they were sent, and each ends exactly once";
    case Check::kApprovals:
      return "approval steps: same call, somebody else's yes, used as often as given";
    case Check::kTime: return "times go forward";
  }
  return "";
}

// 1234567 is "1,234,567".
std::string grouped(std::uint64_t number) {
  auto text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return text;
}

bool holds(const Report& report, Check check) {
  // Beyond the kept violations any check may have failed.
  return report.violation_count <= kViolationsMax &&
         std::ranges::none_of(report.violations,
                              [&](const auto& violation) { return violation.check == check; });
}

std::string verdict_line(const Report& report) {
  if (!report.ok())
    return fmt::format("NOT VERIFIED   {} violations\n", grouped(report.violation_count));
  auto line = fmt::format("VERIFIED   {} records, root {}\n", grouped(report.signed_leaves),
                          codec::base64_encode(crypto::view(report.root)));
  return line;
}

}  // namespace

std::string report_text(const Report& report) {
  auto text = fmt::format("The following was checked for {} ({} records, {} to {}):\n",
                          report.origin.empty() ? "a log without a name" : report.origin,
                          grouped(report.leaves), rfc3339(report.first), rfc3339(report.last));
  for (int at = 0; at < kChecks; ++at) {
    const auto check = static_cast<Check>(at);
    text += fmt::format("  {}  {} {}\n", holds(report, check) ? "ok  " : "FAIL",
                        grouped(report.checked[static_cast<std::size_t>(at)]), sentence(check));
  }
  for (const auto& signer : report.signers) text += fmt::format("  --    signed by {}\n", signer);
  text +=
      fmt::format("  --    {} calls sent, {} refused, {} with unknown outcome\n",
                  grouped(report.calls), grouped(report.refused), grouped(report.outcome_unknown));
  if (report.open_calls != 0)
    text += fmt::format("  --    {} calls without an end yet\n", grouped(report.open_calls));
  if (report.signed_leaves < report.leaves) {
    text += fmt::format("  --    {} records after the newest checkpoint are not signed yet\n",
                        grouped(report.leaves - report.signed_leaves));
  }
  for (const auto& violation : report.violations) {
    text += fmt::format("  record {} ({}): {}\n", grouped(violation.index), name(violation.check),
                        violation.message);
  }
  if (report.violation_count > report.violations.size()) {
    text +=
        fmt::format("  and {} more\n", grouped(report.violation_count - report.violations.size()));
  }
  return text + verdict_line(report);
}

std::string report_json(const Report& report) {
  std::string out;
  codec::JsonWriter json(out);
  json.begin_object().member("verified", report.ok()).member("origin", report.origin);
  json.member("records", report.leaves).member("signed_records", report.signed_leaves);
  json.member("root", codec::base64_encode(crypto::view(report.root)));
  json.member("first", rfc3339(report.first)).member("last", rfc3339(report.last));
  json.member("calls", report.calls).member("refused", report.refused);
  json.member("outcome_unknown", report.outcome_unknown).member("open_calls", report.open_calls);
  json.key("signers").begin_array();
  for (const auto& signer : report.signers) json.value(signer);
  json.end_array().key("checks").begin_array();
  for (int at = 0; at < kChecks; ++at) {
    const auto check = static_cast<Check>(at);
    json.begin_object()
        .member("check", name(check))
        .member("count", report.checked[static_cast<std::size_t>(at)]);
    json.member("ok", holds(report, check)).end_object();
  }
  json.end_array()
      .member("violation_count", report.violation_count)
      .key("violations")
      .begin_array();
  for (const auto& violation : report.violations) {
    json.begin_object().member("record", violation.index).member("check", name(violation.check));
    json.member("message", violation.message).end_object();
  }
  json.end_array().end_object();
  return out;
}

}  // namespace strait::ledger
