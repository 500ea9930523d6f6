// SPDX-License-Identifier: Apache-2.0
// diff0 --seeds FILE...: bends real requests and asks every personality what the gateway would
// send. Prints what was found, and exits 1 when a personality read anything but the recorded call.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <iterator>
#include <map>

#include "diff/mutate.h"
#include "diff/oracle.h"
#include "diff/pack.h"

namespace {

using namespace strait;

struct Options {
  std::vector<std::string> seeds;
  std::size_t count = 20'000, show = 5;
  std::uint64_t seed = 1;
  bool plain = false;
};

struct Tally {
  std::array<std::size_t, 4> of = {};  // by Verdict::Kind
  std::map<std::string, std::size_t> reasons;

  void add(const diff::RawRequest& request, const diff::Verdict& verdict, std::size_t show) {
    ++of[verdict.kind];
    const bool finding = verdict.kind == diff::Verdict::kViolated;
    if (!finding && verdict.kind != diff::Verdict::kBroken) return;
    const auto first = verdict.why.substr(0, verdict.why.find('\n'));
    if (++reasons[first.substr(0, 100)] > (finding ? show : 1)) return;
    std::printf("%s: %s\n--\n%s\n--\n", finding ? "VIOLATION" : "broken", verdict.why.c_str(),
                request.text().substr(0, 4000).c_str());
  }
};

Tally run(const std::vector<diff::RawRequest>& seeds, const Options& options) {
  diff::Oracle oracle(diff::pack());
  diff::Chance chance(options.seed);
  Tally tally;
  for (std::size_t at = 0; at < options.count; ++at) {
    const auto request = options.plain ? seeds[at] : diff::mutated(seeds, chance);
    const auto head = request.head();
    tally.add(request, oracle.judge(request.view(head)), options.show);
  }
  return tally;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("the differential oracle");
  app.add_option("--seeds", options.seeds, "files of tests/generate/botocore_requests.py")
      ->required();
  app.add_option("--count", options.count, "mutated requests");
  app.add_option("--seed", options.seed, "of the mutations");
  app.add_flag("--plain", options.plain, "every seed once, as it is");
  app.add_option("--show", options.show, "violations of one kind to print");
  CLI11_PARSE(app, argc, argv);
  if (!diff::pack()) return std::puts("no catalog pack at " STRAIT_PACK_FILE), 2;
  std::vector<diff::RawRequest> seeds;
  for (const auto& file : options.seeds)
    std::ranges::move(diff::load_lines(file), std::back_inserter(seeds));
  if (seeds.empty()) return std::puts("no seeds"), 2;
  if (options.plain) options.count = seeds.size();
  const auto started = std::chrono::steady_clock::now();
  const auto tally = run(seeds, options);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  std::printf(
      "%zu requests of %zu seeds in %.1f s: %zu sent, %zu refused, %zu not rebuilt, %zu "
      "violations\n",
      options.count, seeds.size(), took.count(), tally.of[diff::Verdict::kHeld],
      tally.of[diff::Verdict::kRefused], tally.of[diff::Verdict::kBroken],
      tally.of[diff::Verdict::kViolated]);
  for (const auto& [reason, count] : tally.reasons)
    std::printf("  %6zu %s\n", count, reason.c_str());
  return tally.of[diff::Verdict::kViolated] == 0 ? 0 : 1;
}
