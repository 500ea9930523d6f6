// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/coverage.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/compiler/overlay.h"

namespace strait::catalog::compiler {
namespace {

constexpr std::string_view kIntroduction =
    R"(# What of AWS Strait knows

Made by the pack compiler; `./dev build` writes it beside the pack, and a test compares the two. Sources:
{}.

- **identified**: what SDKs send for the operation is taken as that operation. The others stand below, with the reason.
- **mapped**: the IAM actions that the operation needs are known. An operation without actions is refused.
- **by name**: of these, newer than the published reference; the action is taken to be called as the operation, and a
  policy must name it letter for letter ([0009](decisions/0009-actions-by-name.md)).
- **thing, pattern, none**: what the actions are on: an ARN from the input, an ARN pattern because the input does not
  say which, or no resource, which is `*`. On a pattern, only a policy that covers it and names the action allows.
- **named**: operations that `*` never covers, because they return credentials, run code, edit policies or trust.

)";

struct Line {
  std::size_t operations = 0, identified = 0, mapped = 0, by_name = 0, thing = 0, pattern = 0,
              none = 0, named = 0;

  void operator+=(const Line& more) {
    operations += more.operations;
    identified += more.identified;
    mapped += more.mapped;
    by_name += more.by_name;
    thing += more.thing;
    pattern += more.pattern;
    none += more.none;
    named += more.named;
  }
};

std::string text_of(std::string_view name, const Line& line) {
  return fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", name, line.operations,
                     line.identified, line.mapped, line.by_name, line.thing, line.pattern,
                     line.none, line.named);
}

// "service: One Two Three", for every service that has some.
using Names = std::map<std::string, std::vector<std::string>, std::less<>>;

class Report {
 public:
  Report(const Writer& pack, const ActionNotes& notes) : pack_(pack), notes_(notes) {}

  // overlay/refused.txt: service Operation|* reason
  Status read(const Sources& sources) {
    for (const auto& row : overlay_rows(sources, "refused.txt")) {
      if (row.words.size() < 3) return row_error(row, "is not `service Operation reason`");
      TRY(const auto service, find_service(pack_, row, row.words[0]));
      auto run = pack_.services[service].operations;
      if (row.words[1] != "*") {
        TRY(const auto operation, find_operation(pack_, row, row.words[0], row.words[1]));
        run = {operation, 1};
      }
      const std::span words(row.words);
      const auto reason = fmt::format("{}", fmt::join(words.subspan(2), " "));
      for (auto at = run.first; at < run.first + run.count; ++at) refused_[at] = reason;
    }
    return {};
  }

  std::string write(std::string_view version) {
    auto text = fmt::format(kIntroduction, version.substr(0, version.find(", overlay")));
    text +=
        "| service | operations | identified | mapped | by name | thing | pattern | none | named "
        "|\n"
        "|---|---|---|---|---|---|---|---|---|\n";
    Line all;
    std::string lines;
    for (const auto& service : pack_.services) {
      const auto line = count(service);
      all += line;
      lines += text_of(pack_.text(service.name), line);
    }
    text += text_of("**all**", all) + lines;
    text += list("Refused as a request", refused_reasons());
    text += list("Identified, and refused because no action is known", without_reasons());
    text += "\n## By name\n\n" + names_of(by_name());
    return text;
  }

 private:
  Line count(const format::Service& service) const {
    Line line;
    const auto run = service.operations;
    for (auto at = run.first; at < run.first + run.count; ++at) {
      const auto& operation = pack_.operations[at];
      ++line.operations;
      line.identified += refused_.contains(at) ? 0 : 1;
      line.named += operation.classes != 0 ? 1 : 0;
      if (operation.rows.count == 0) continue;
      ++line.mapped;
      line.by_name += notes_.by_name.contains(at) ? 1 : 0;
      const auto on = what_it_is_on(pack_, operation);
      ++(on == On::kThing ? line.thing : on == On::kPattern ? line.pattern : line.none);
    }
    return line;
  }

  void add(Names& names, format::Index at) const {
    const auto& operation = pack_.operations[at];
    names[std::string(pack_.text(pack_.services[operation.service].name))].emplace_back(
        pack_.text(operation.name));
  }

  std::map<std::string, Names> refused_reasons() const {
    std::map<std::string, Names> reasons;
    for (const auto& [at, reason] : refused_) add(reasons[reason], at);
    return reasons;
  }

  std::map<std::string, Names> without_reasons() const {
    std::map<std::string, Names> reasons;
    for (const auto& [at, reason] : notes_.without) {
      if (!refused_.contains(at)) add(reasons[std::string(reason)], at);
    }
    return reasons;
  }

  Names by_name() const {
    Names names;
    for (const auto at : notes_.by_name) add(names, at);
    return names;
  }

  static std::string names_of(const Names& names) {
    std::string text;
    for (const auto& [service, operations] : names)
      text += fmt::format("- {}: {}\n", service, fmt::join(operations, " "));
    return text;
  }

  static std::string list(std::string_view title, const std::map<std::string, Names>& reasons) {
    auto text = fmt::format("\n## {}\n", title);
    for (const auto& [reason, names] : reasons)
      text += fmt::format("\n{}:\n\n{}", reason, names_of(names));
    return text;
  }

  const Writer& pack_;
  const ActionNotes& notes_;
  std::map<format::Index, std::string> refused_;
};

}  // namespace

On what_it_is_on(const Writer& pack, const format::Operation& operation) {
  bool bare = true;
  for (auto at = operation.rows.first; at < operation.rows.first + operation.rows.count; ++at) {
    const auto& row = pack.rows[at];
    if (static_cast<Trigger>(row.trigger) != Trigger::kAlways) continue;
    bool known = false;
    const auto end = row.resources.first + row.resources.count;
    for (auto place = row.resources.first; place < end; ++place) {
      known = known || (pack.resources[place].flags & format::kDerivable) != 0;
      bare = bare && pack.text(pack.resources[place].pattern) == "*";
    }
    if (!known) return On::kPattern;
  }
  return bare ? On::kNothing : On::kThing;
}

Result<std::string> coverage(const Writer& pack, const Sources& sources, const ActionNotes& notes) {
  Report report(pack, notes);
  CHECK_OK(report.read(sources));
  return report.write(sources.version);
}

}  // namespace strait::catalog::compiler
