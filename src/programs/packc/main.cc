// SPDX-License-Identifier: Apache-2.0
// packc FETCHED OVERLAY OUT [--stats]: reads the pinned data that tools/fetch/fetch.sh left in
// FETCHED and the text files in OVERLAY, compiles them, checks that the result loads, and puts it
// at OUT by rename; beside it goes coverage.md, what of AWS the pack knows.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>

#include "catalog/catalog.h"
#include "catalog/compiler/compile.h"
#include "crypto/sha256.h"

namespace {

namespace fs = std::filesystem;
using strait::catalog::compiler::IamSource;
using strait::catalog::compiler::ModelSource;
using strait::catalog::compiler::Sources;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string first_line(const fs::path& path) {
  const auto text = read(path);
  return text.substr(0, text.find('\n'));
}

std::vector<fs::path> sorted(const fs::path& folder, bool directories) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory() == directories) paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

std::vector<ModelSource> read_models(const fs::path& data) {
  std::vector<ModelSource> models;
  for (const auto& service : sorted(data, true)) {
    const auto versions = sorted(service, true);
    const auto newest = std::find_if(
        versions.rbegin(), versions.rend(),
        [](const fs::path& version) { return fs::exists(version / "service-2.json"); });
    if (newest == versions.rend()) continue;
    models.push_back({service.filename(), newest->filename(), read(*newest / "service-2.json"),
                      read(*newest / "service-2.sdk-extras.json"),
                      read(*newest / "endpoint-rule-set-1.json")});
  }
  return models;
}

std::vector<IamSource> read_iam(const fs::path& data) {
  std::vector<IamSource> sources;
  for (const auto& actions : sorted(data / "actions", false)) {
    sources.push_back({actions.stem(), read(actions),
                       read(data / "resourceTypes" / actions.filename()),
                       read(data / "conditionKeys" / actions.filename())});
  }
  return sources;
}

std::optional<Sources> read_sources(const fs::path& fetched, const fs::path& overlay) {
  const auto botocore = fetched / "botocore";
  const auto iam = fetched / "iam-data-0.21";
  const auto older = fetched / "iam-data-0.15";
  for (const auto& needed : {botocore / "VERSION", iam / "VERSION", older / "VERSION"}) {
    if (fs::exists(needed)) continue;
    fmt::print(stderr, "packc: {} is missing; run tools/fetch/fetch.sh, then try again\n",
               needed.string());
    return std::nullopt;
  }
  Sources sources;
  sources.models = read_models(botocore / "data");
  sources.partitions = read(botocore / "data" / "partitions.json");
  sources.iam = read_iam(iam / "data");
  sources.dependencies = read_iam(older / "data");
  std::string all;
  for (const auto& file : sorted(overlay, false)) {
    sources.overlay.push_back({file.filename(), read(file)});
    all += sources.overlay.back().text;
  }
  sources.version =
      fmt::format("botocore {}, iam-data {} and {}, overlay {}", first_line(botocore / "VERSION"),
                  first_line(iam / "VERSION"), first_line(older / "VERSION"),
                  strait::crypto::sha256_hex(all).substr(0, 12));
  return sources;
}

bool write_by_rename(const fs::path& out, const std::string& bytes) {
  auto partial = out;
  partial += ".partial";
  std::ofstream file(partial, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  std::error_code error;
  if (file) fs::rename(partial, out, error);
  return file && !error;
}

void print_stats(const strait::catalog::compiler::Stats& stats, std::size_t bytes) {
  const auto share = [&](std::size_t part) {
    return 100.0 * static_cast<double>(part) /
           static_cast<double>(std::max<std::size_t>(1, stats.operations));
  };
  fmt::print(
      "bytes        {:>9}\nservices     {:>9}\noperations   {:>9}\nshapes       {:>9}\nmembers     "
      " {:>9}\n",
      bytes, stats.services, stats.operations, stats.shapes, stats.members);
  fmt::print("routes       {:>9}\nhosts        {:>9}\nactions      {:>9}\n", stats.routes,
             stats.hosts, stats.actions);
  fmt::print("mapped       {:>9}  {:.1f} % of operations have an action\n", stats.mapped_operations,
             share(stats.mapped_operations));
  fmt::print("derivable    {:>9}  {:.1f} % know what they are on ({} of them on `*`)\n",
             stats.derivable_operations, share(stats.derivable_operations), stats.without_resource);
  fmt::print("credentials  {:>9}  operations return some\n", stats.credential_operations);
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  if (words.size() < 3 || words.size() > 4 || (words.size() == 4 && words[3] != "--stats")) {
    fmt::print(stderr, "usage: packc FETCHED OVERLAY OUT [--stats]\n");
    return 2;
  }
  const auto sources = read_sources(words[0], words[1]);
  if (!sources) return 1;
  const auto compiled = strait::catalog::compiler::compile(*sources);
  if (!compiled) {
    fmt::print(stderr, "packc: {}\n", compiled.error().message);
    return 1;
  }
  const auto loaded = strait::catalog::Catalog::load(std::as_bytes(std::span(compiled->pack)));
  if (!loaded) {
    fmt::print(stderr, "packc: the compiled pack does not load: {}\n", loaded.error().message);
    return 1;
  }
  const fs::path out = words[2];
  if (!write_by_rename(out, compiled->pack) ||
      !write_by_rename(out.parent_path() / "coverage.md", compiled->coverage)) {
    fmt::print(stderr, "packc: cannot write {}\n", words[2]);
    return 1;
  }
  if (words.size() == 4) print_stats(compiled->stats, compiled->pack.size());
  return 0;
}
