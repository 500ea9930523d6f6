// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/compile.h"

#include "catalog/catalog.h"
#include "catalog/compiler/actions.h"
#include "catalog/compiler/classes.h"
#include "catalog/compiler/coverage.h"
#include "catalog/compiler/endpoints.h"
#include "catalog/compiler/model.h"
#include "catalog/compiler/overlay.h"
#include "catalog/compiler/routes.h"
#include "catalog/compiler/writer.h"

namespace strait::catalog::compiler {
namespace {

using Contexts = std::vector<std::vector<ContextParameter>>;

Result<Contexts> add_models(Writer& pack, const Sources& sources) {
  Contexts contexts;
  for (const auto& source : sources.models) {
    auto model = parse_model(source);
    if (!model) return fail(model.error().code, source.name + ": " + model.error().message);
    CHECK_OK(add_service(pack, source, *model));
    contexts.push_back(context_parameters(*model));
  }
  return contexts;
}

void count_actions(const Writer& pack, Stats& stats) {
  constexpr auto kCredentials = static_cast<std::uint8_t>(Class::kReturnsCredentials);
  for (const auto& operation : pack.operations) {
    if (operation.classes & kCredentials) ++stats.credential_operations;
    if (operation.rows.count == 0) continue;
    ++stats.mapped_operations;
    const auto on = what_it_is_on(pack, operation);
    if (on != On::kPattern) ++stats.derivable_operations;
    if (on == On::kNothing) ++stats.without_resource;
  }
}

// The headers that inputs are bound to, over all services.
void add_header_names(Writer& pack) {
  for (const auto& operation : pack.operations) {
    const auto run = pack.members_of(operation.input);
    for (auto at = run.first; at < run.first + run.count; ++at) {
      const auto& member = pack.members[at];
      if (static_cast<Location>(member.place & 15) != Location::kHeader) continue;
      std::string name(pack.text(member.location_name != 0 ? member.location_name : member.name));
      for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      pack.header_names.push_back({pack.str(name), 0});
    }
  }
}

Stats count(const Writer& pack) {
  Stats stats;
  stats.services = pack.services.size();
  stats.operations = pack.operations.size();
  stats.shapes = pack.shapes.size();
  stats.members = pack.members.size();
  stats.routes = pack.routes.size();
  stats.hosts = pack.hosts.size();
  stats.actions = pack.actions.size();
  count_actions(pack, stats);
  return stats;
}

}  // namespace

Result<Compiled> compile(const Sources& sources) {
  Writer pack;
  pack.info.push_back({pack.str(sources.version)});
  TRY(const auto contexts, add_models(pack, sources));
  CHECK_OK(apply_service_overlay(pack, sources));
  CHECK_OK(add_routes(pack));
  add_rpc_tables(pack);
  CHECK_OK(add_endpoints(pack, sources, contexts));
  TRY(const auto notes, add_actions(pack, sources));
  CHECK_OK(add_classes(pack, sources));
  add_header_names(pack);
  Compiled compiled;
  TRY(compiled.coverage, coverage(pack, sources, notes));
  TRY(compiled.pack, pack.seal());
  compiled.stats = count(pack);
  return compiled;
}

}  // namespace strait::catalog::compiler
