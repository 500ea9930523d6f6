// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "codec/json.h"
#include "programs/strait/admin_client.h"
#include "programs/strait/verbs.h"

namespace strait::programs {
namespace {

struct Asked {
  std::string gateway, token_file, id, reason;
  bool json = false, all = false;
};

std::string text(const codec::Value& item, std::string_view key) {
  const auto* value = item.find(key);
  return value != nullptr && value->string() != nullptr ? *value->string() : "";
}

void print_json(const codec::Value& value) {
  std::string out;
  codec::write_json(out, value);
  fmt::print("{}\n", out);
}

int list(const Asked& asked, const AdminClient& client) {
  const auto reply = client.get(asked.all ? "/v1/requests?all" : "/v1/requests");
  if (!reply) return report(reply.error());
  const auto* items = reply->find("items");
  if (asked.json) {
    print_json(*reply);
  } else if (items == nullptr || items->list() == nullptr || items->list()->empty()) {
    fmt::print(stderr, "nothing waits for you\n");
  } else {
    for (const auto& item : *items->list()) {
      fmt::print("{}  {:8}  {}\n    {}   {}\n", text(item, "id"), text(item, "state"),
                 text(item, "headline"), text(item, "who"), text(item, "clock"));
    }
  }
  return kOk;
}

int show(const Asked& asked, const AdminClient& client) {
  const auto reply = client.get("/v1/requests/" + asked.id);
  if (!reply) return report(reply.error());
  if (asked.json) {
    print_json(*reply);
  } else {
    fmt::print("{}\n", text(*reply, "text"));
  }
  return kOk;
}

int decide(const Asked& asked, const AdminClient& client, bool approve) {
  std::string body = R"({"reason":)";
  codec::write_json_string(body, asked.reason);
  const auto reply =
      client.post("/v1/requests/" + asked.id + (approve ? "/approve" : "/deny"), body + "}");
  if (!reply) return report(reply.error());
  if (asked.json) {
    print_json(*reply);
  } else {
    fmt::print("{}  {}  {}\n", text(*reply, "id"), text(*reply, "state"), text(*reply, "headline"));
  }
  return kOk;
}

template <class Run>
void add(CLI::App& group, int& exit_code, std::string name, std::string help, bool needs_id,
         Run run) {
  auto* verb = group.add_subcommand(std::move(name), std::move(help));
  auto asked = std::make_shared<Asked>();
  verb->add_option("--gateway", asked->gateway,
                   "the admin listener [STRAIT_ADMIN, http://127.0.0.1:4181]");
  verb->add_option("--token-file", asked->token_file, "your OIDC token [STRAIT_TOKEN_FILE]");
  verb->add_flag("--json", asked->json, "data as JSON");
  if (needs_id) {
    verb->add_option("id", asked->id, "req_...")->required();
    verb->add_option("--reason", asked->reason, "told to the agent and kept in the record");
  } else {
    verb->add_flag("--all", asked->all, "decided and expired ones too");
  }
  verb->callback([asked, run, &exit_code] {
    const auto client = AdminClient::from_environment(asked->gateway, asked->token_file);
    exit_code = client ? run(*asked, *client) : report(client.error());
  });
}

}  // namespace

void add_approvals(CLI::App& app, int& exit_code) {
  auto* group = app.add_subcommand("approvals", "calls that wait for a human");
  group->require_subcommand(1);
  add(*group, exit_code, "list", "what waits for you", false, list);
  add(*group, exit_code, "show", "one request, whole: who asks, what exactly, how long", true,
      show);
  add(*group, exit_code, "approve", "let exactly this call through, once", true,
      [](const Asked& asked, const AdminClient& client) { return decide(asked, client, true); });
  add(*group, exit_code, "deny", "refuse it; the reason goes back to the agent", true,
      [](const Asked& asked, const AdminClient& client) { return decide(asked, client, false); });
}

}  // namespace strait::programs
