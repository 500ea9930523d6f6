// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "ledger/checkpoint.h"
#include "ledger/verify.h"
#include "programs/strait/state_option.h"
#include "programs/strait/verbs.h"
#include "store/log_reader.h"
#include "store/state_dir.h"

namespace strait::programs {
namespace {

struct Asked {
  std::string state, log, vkey, anchor;
  bool json = false, live = false;
};

// Reads nothing but the log, its checkpoints and the key one trusts: no database, no network, no
// running gateway.
Result<ledger::Report> verify(Asked asked) {
  if (asked.log.empty()) {
    TRY(const auto state, store::StateDir::open_read_only(asked.state));
    asked.log = state.log_dir();
    if (asked.anchor.empty()) asked.anchor = state.anchor_dir();
    if (asked.vkey.empty()) {
      TRY(asked.vkey, state.log_vkey());
      fmt::print(stderr,
                 "note: the key comes from the state directory itself; an auditor gives --vkey "
                 "from elsewhere\n");
    }
  }
  if (asked.vkey.empty())
    return fail(ErrorCode::kInvalidInput, "whose signature do you trust? Give --vkey");
  TRY(auto vkey, ledger::parse_vkey(asked.vkey));
  TRY(auto notes, store::read_checkpoints(asked.log, asked.anchor));
  ledger::Verifier verifier({std::move(vkey)}, std::move(notes),
                            asked.live ? ledger::LogState::kLive : ledger::LogState::kAtRest);
  TRY(auto reader, store::LogReader::open(asked.log));
  store::LeafAt leaf;
  for (;;) {
    TRY(const bool more, reader.next(leaf));
    if (!more) break;
    verifier.add(leaf.bytes);
  }
  return std::move(verifier).finish();
}

}  // namespace

void add_audit(CLI::App& app, int& exit_code) {
  auto* group = app.add_subcommand("audit", "the record as evidence");
  group->require_subcommand(1);
  auto* verb =
      group->add_subcommand("verify", "recompute all of it, offline, and say what was checked");
  auto asked = std::make_shared<Asked>();
  add_state_option(*verb, asked->state);
  verb->add_option("--log", asked->log, "a log directory alone, instead of --state");
  verb->add_option("--vkey", asked->vkey, "the log's public key, kept apart from the log");
  verb->add_option("--anchor", asked->anchor, "where the last checkpoint was kept apart");
  verb->add_flag("--live", asked->live, "the gateway is running: calls may be under way");
  verb->add_flag("--json", asked->json, "data as JSON");
  verb->callback([asked, &exit_code] {
    const auto verified = verify(*asked);
    if (!verified) {
      exit_code = report(verified.error());
      return;
    }
    fmt::print("{}\n",
               asked->json ? ledger::report_json(*verified) : ledger::report_text(*verified));
    exit_code = verified->ok() ? kOk : kFindings;
  });
}

}  // namespace strait::programs
