// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "programs/strait/catalog_file.h"
#include "programs/strait/config.h"
#include "programs/strait/proxy_ca_file.h"
#include "programs/strait/verbs.h"

namespace strait::programs {
namespace {

int print_ca(const std::string& file) {
  const auto config = read_config(file);
  if (!config) return report(config.error());
  const auto catalog = load_catalog({});
  if (!catalog) return report(catalog.error());
  const async::SystemClock clock;
  const auto ca = open_proxy_ca(config->server.state_dir, **catalog, clock);
  if (!ca) return report(ca.error());
  fmt::print("{}", (*ca)->certificate_pem());
  fmt::print(stderr, "Valid until {}, for {} alone. Agents take it as AWS_CA_BUNDLE.\n",
             rfc3339((*ca)->expires()), fmt::join((*ca)->domains(), ", "));
  return kOk;
}

}  // namespace

void add_proxy(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("proxy", "the forward proxy (`listen_proxy`)");
  verb->require_subcommand(1);
  auto* ca =
      verb->add_subcommand("ca", "print the certificate of its CA, for the agents that trust it");
  auto config = std::make_shared<std::string>("strait.toml");
  ca->add_option("--config", *config, "strait.toml")->capture_default_str();
  ca->callback([config, &exit_code] { exit_code = print_ca(*config); });
}

}  // namespace strait::programs
