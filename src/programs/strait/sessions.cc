// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>

#include "analysis/retelling.h"
#include "codec/json.h"
#include "programs/strait/catalog_file.h"
#include "programs/strait/config.h"
#include "programs/strait/policy/record.h"
#include "programs/strait/state_option.h"
#include "programs/strait/verbs.h"
#include "programs/strait/world_builder.h"
#include "store/log_reader.h"
#include "store/replay.h"
#include "store/state_dir.h"

namespace strait::programs {
namespace {

struct Asked {
  std::string state, id = "last", against;
  bool json = false, bodies = false;
};

void print_json(const store::SessionSummary& session) {
  std::string out;
  codec::JsonWriter json(out);
  json.begin_object();
  json.member("id", session.id);
  json.member("issuer", session.issuer);
  json.member("subject", session.subject);
  json.member("role", session.role);
  json.member("name", session.name);
  json.member("first", rfc3339(session.first));
  json.member("last", rfc3339(session.last));
  json.member("closed", session.closed);
  json.member("calls", session.calls);
  json.member("denied", session.denied);
  json.member("asked", session.asked);
  json.member("failed", session.failed);
  json.member("unknown", session.unknown);
  json.member("masked", session.masked);
  json.end_object();
  fmt::print("{}\n", out);
}

int list(const Asked& asked, const store::StateDir& state) {
  const auto sessions = store::session_index(state.log_dir());
  if (!sessions) return report(sessions.error());
  if (!asked.json) {
    fmt::print("{:30}  {:20}  {:24}  {:>5} {:>6} {:>5} {:>6}  {}\n", "session", "first call", "who",
               "calls", "denied", "asked", "masked", "role");
  }
  for (const auto& session : *sessions) {
    if (asked.json) {
      print_json(session);
    } else {
      fmt::print("{:30}  {:20}  {:24}  {:>5} {:>6} {:>5} {:>6}  {}\n", session.id,
                 rfc3339(session.first).substr(0, 19) + "Z", session.subject, session.calls,
                 session.denied, session.asked, session.masked, session.role);
    }
  }
  return kOk;
}

// What the policies of another configuration would have said to each step.
Status judge_against(const Asked& asked, const std::string& session,
                     std::vector<store::ReplayStep>& steps) {
  TRY(const auto config, read_config(config_file_of(asked.against)));
  TRY(const auto policies, compile_policies(config));
  TRY(const auto catalog, load_catalog({}));
  analysis::Retelling retelling(policies);
  std::map<std::string, std::string> said;
  const RecordChoice choice{.state = asked.state, .session = session};
  TRY(const auto told, read_past(choice, catalog, false, [&](const RecordedPast& one) {
        const auto verdict =
            retelling.judge(one.past, {one.recorded.time, one.recorded.sent, one.whole});
        const auto by = verdict.decided_by.empty() ? "none" : verdict.decided_by.front().str();
        said[one.recorded.id] = fmt::format("{} by {}", journey::name(verdict.effect), by);
      }));
  for (auto& step : steps) {
    const bool judged = step.kind == store::ReplayStep::Kind::kCall ||
                        step.kind == store::ReplayStep::Kind::kRefused;
    if (const auto found = said.find(step.call); judged && found != said.end())
      step.against = found->second;
  }
  if (told.lost > 0) fmt::print(stderr, "{} calls left out, {}\n", told.lost, told.why_lost);
  return {};
}

Result<std::vector<store::ReplayStep>> steps_of(const Asked& asked, const store::StateDir& state) {
  auto id = asked.id;
  if (id == "last") {
    TRY(const auto sessions, store::session_index(state.log_dir()));
    if (sessions.empty()) return fail(ErrorCode::kNotFound, "the record holds no session yet");
    id = sessions.back().id;
  }
  TRY(const auto leaves, store::session_leaves(state.log_dir(), id));
  store::SessionBodies bodies;
  if (const auto key = state.blob_key()) {
    if (auto read = store::read_bodies(state.blob_dir(), *key, id)) bodies = *std::move(read);
  }
  TRY(auto steps, store::replay_steps(leaves, bodies));
  if (!asked.against.empty()) CHECK_OK(judge_against(asked, id, steps));
  return steps;
}

int replay(const Asked& asked, const store::StateDir& state) {
  const auto steps = steps_of(asked, state);
  if (!steps) return report(steps.error());
  fmt::print("{}", asked.json ? store::replay_json_lines(*steps)
                              : store::replay_text(*steps, asked.bodies));
  return kOk;
}

int show(const Asked& asked, const store::StateDir& state) {
  const auto sessions = store::session_index(state.log_dir());
  if (!sessions) return report(sessions.error());
  for (auto session = sessions->rbegin(); session != sessions->rend(); ++session) {
    if (asked.id != "last" && !session->id.starts_with(asked.id)) continue;
    if (asked.json) {
      print_json(*session);
    } else {
      fmt::print(
          "{}\n  who      {} at {}\n  role     {}\n  name     {}\n  from     {}\n  until    {}\n"
          "  calls    {} ({} denied, {} asked, {} failed, {} of unknown outcome)\n  masked   {} "
          "members\n",
          session->id, session->subject, session->issuer, session->role, session->name,
          rfc3339(session->first), rfc3339(session->last), session->calls, session->denied,
          session->asked, session->failed, session->unknown, session->masked);
    }
    return kOk;
  }
  return report(error(ErrorCode::kNotFound, "no session " + quoted(asked.id)));
}

void add(CLI::App& group, int& exit_code, std::string name, std::string help, bool one,
         int (*run)(const Asked&, const store::StateDir&)) {
  auto* verb = group.add_subcommand(std::move(name), std::move(help));
  auto asked = std::make_shared<Asked>();
  add_state_option(*verb, asked->state);
  verb->add_flag("--json", asked->json, "JSON, one object a line");
  if (one) {
    verb->add_option("id", asked->id, "ses_..., its beginning, or `last`")->capture_default_str();
    verb->add_flag("--bodies", asked->bodies,
                   "with the input of each call, masked, where it is still kept");
    verb->add_option("--against", asked->against,
                     "another strait.toml, or its folder: what its policies would have said");
  }
  verb->callback([asked, run, &exit_code] {
    const auto state = store::StateDir::open_read_only(asked->state);
    exit_code = state ? run(*asked, *state) : report(state.error());
  });
}

}  // namespace

void add_sessions(CLI::App& app, int& exit_code) {
  auto* group = app.add_subcommand("sessions", "what agents did");
  group->require_subcommand(1);
  add(*group, exit_code, "list", "every session in the record", false, list);
  add(*group, exit_code, "show", "one session: who, as what, how much", true, show);
  add(*group, exit_code, "replay",
      "one session call by call: what was asked, what was decided and why, what came back", true,
      replay);
}

}  // namespace strait::programs
