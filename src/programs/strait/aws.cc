// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "analysis/class_list.h"
#include "programs/strait/aws_actions.h"
#include "programs/strait/aws_identify.h"
#include "programs/strait/catalog_file.h"
#include "programs/strait/verbs.h"

namespace strait::programs {
namespace {

int actions(const std::string& service_name, const std::string& operation_name) {
  const auto catalog = load_catalog({});
  if (!catalog) return report(catalog.error());
  const auto service = (*catalog)->service(service_name);
  const auto operation = service ? service->operation(operation_name) : std::nullopt;
  if (!operation)
    return report(
        error(ErrorCode::kNotFound, "no operation " + quoted(service_name + " " + operation_name)));
  fmt::print("{}", describe_actions(*operation));
  return kOk;
}

int classes() {
  const auto catalog = load_catalog({});
  if (!catalog) return report(catalog.error());
  fmt::print("{}", analysis::list_classes(**catalog));
  return kOk;
}

}  // namespace

void add_aws(CLI::App& app, int& exit_code) {
  auto* group = app.add_subcommand("aws", "what Strait knows of AWS");
  group->require_subcommand(1);
  auto* identify = group->add_subcommand(
      "identify", "which operation each request is: JSON lines in, JSON lines out");
  auto pack = std::make_shared<std::string>();
  identify->add_option("--catalog", *pack, "another pack");
  identify->callback([pack, &exit_code] {
    const auto catalog = load_catalog(*pack);
    exit_code = catalog ? run_aws_identify(*catalog, stdin, stdout) : report(catalog.error());
  });
  auto* list = group->add_subcommand(
      "classes",
      "the classes of actions that a policy must name (strait:class/pass-role), and what is of "
      "each");
  list->callback([&exit_code] { exit_code = classes(); });
  auto* show = group->add_subcommand("actions", "the IAM actions and resources of one operation");
  auto names = std::make_shared<std::pair<std::string, std::string>>();
  show->add_option("service", names->first, "s3")->required();
  show->add_option("operation", names->second, "PutObject")->required();
  show->callback([names, &exit_code] { exit_code = actions(names->first, names->second); });
}

void add_version(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("version", "the version of Strait and of its AWS catalog");
  verb->callback([&exit_code] {
    fmt::print("strait {}\n", STRAIT_VERSION);
    if (const auto catalog = load_catalog({})) {
      fmt::print("catalog {} ({})\n", (*catalog)->version(), (*catalog)->digest().substr(0, 16));
    }
    exit_code = kOk;
  });
}

}  // namespace strait::programs
