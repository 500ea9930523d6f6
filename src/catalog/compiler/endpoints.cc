// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/endpoints.h"

#include <algorithm>
#include <map>
#include <set>

#include "catalog/compiler/host_kinds.h"
#include "catalog/compiler/host_templates.h"
#include "catalog/compiler/model.h"
#include "catalog/compiler/overlay.h"
#include "catalog/compiler/rules.h"
#include "codec/json.h"

namespace strait::catalog::compiler {
namespace {

using codec::Value;

constexpr std::string_view kPlace = "{}";

// "^(us|eu)\-\w+\-\d+$" or "^us\-gov\-\w+\-\d+$" to "us|eu" or "us-gov"; "^eusc\-(de)\-..." to
// "eusc-de".
Result<std::string> prefixes_of(std::string_view regex) {
  constexpr std::string_view kTail = "\\-\\w+\\-\\d+$";
  if (!regex.starts_with('^') || !regex.ends_with(kTail)) {
    return fail(ErrorCode::kInvalidConfiguration,
                "partition pattern " + quoted(regex) + " has a form that is not known");
  }
  std::string prefixes;
  for (const char c : regex.substr(1, regex.size() - 1 - kTail.size())) {
    if (c != '\\' && c != '(' && c != ')') prefixes += c;
  }
  return prefixes;
}

Result<std::vector<PartitionInfo>> parse_partitions(std::string_view text) {
  TRY(const auto json, codec::parse_json(text));
  const auto* list = json.find("partitions");
  if (!list || !list->list())
    return fail(ErrorCode::kInvalidConfiguration, "partitions.json has no partitions");
  std::vector<PartitionInfo> partitions;
  for (const auto& item : *list->list()) {
    PartitionInfo info;
    info.name = text_of(item, "id");
    if (const auto* outputs = item.find("outputs")) info.outputs = *outputs;
    if (const auto* regions = item.find("regions"); regions && regions->object()) {
      for (const auto& region : *regions->object()) info.regions.push_back(region.name);
    }
    TRY(info.prefixes, prefixes_of(text_of(item, "regionRegex")));
    partitions.push_back(std::move(info));
  }
  return partitions;
}

std::string with_place(std::string_view host, std::string_view region) {
  std::string out;
  while (true) {
    const auto dot = host.find('.');
    const auto label = host.substr(0, dot);
    out += !region.empty() && label == region ? kPlace : label;
    if (dot == std::string_view::npos) return out;
    out += '.';
    host.remove_prefix(dot + 1);
  }
}

// A region that no list has, of the partition's form: what its rules say about regions to come.
std::string region_to_come(const PartitionInfo& partition) {
  return partition.prefixes.substr(0, partition.prefixes.find('|')) + "-later-1";
}

class Builder {
 public:
  Builder(Writer& pack, const Sources& sources, const std::vector<PartitionInfo>& partitions,
          HostKinds kinds)
      : pack_(pack), sources_(sources), partitions_(partitions), kinds_(std::move(kinds)) {}

  Status add(format::Index service, const std::vector<ContextParameter>& context) {
    const auto& source = sources_.models[service];
    if (source.rules.empty()) return {};
    auto rule_set = codec::parse_json(source.rules);
    if (!rule_set)
      return fail(rule_set.error().code,
                  source.name + ": endpoint rules: " + rule_set.error().message);
    const Rules rules(*rule_set, partitions_);
    for (std::uint32_t variant = 0; variant <= format::kVariantMask; ++variant) {
      for (format::Index at = 0; at < partitions_.size(); ++at)
        add_target(service, at, rules, variant);
    }
    for (format::Index at = 0; at < partitions_.size(); ++at) {
      auto regions = partitions_[at].regions;
      regions.push_back(region_to_come(partitions_[at]));
      for (const auto& region : regions) add_hosts(service, at, region, rules, context);
    }
    const auto templates = host_templates(*rule_set, context, partitions_);
    for (const auto& found : templates)
      add_host(found.host, service, found.partition, "", found.flags);
    add_kind_targets(service, templates);
    if (account_before_host(*rule_set)) pack_.services[service].flags |= format::kAccountInHost;
    for (const auto& name : signing_names(*rule_set))
      pack_.signed_as.push_back({pack_.str(name), service});
    return {};
  }

  Status add_overlay() {
    for (const auto& row : overlay_rows(sources_, "hosts.txt")) {
      if (row.words.size() != 2) return row_error(row, "needs a service and a host");
      TRY(const auto service, find_service(pack_, row, row.words[0]));
      add_spelling(service, std::string(row.words[1]));
    }
    return {};
  }

  Status finish() {
    for (const auto& [text, known] : hosts_) {
      if (!has_a_word(text)) {
        return fail(ErrorCode::kInvalidConfiguration,
                    "host " + quoted(text) + " would be any name under its domain");
      }
      auto flags = known.flags;
      for (const auto service : known.services) {
        const auto kind = kinds_.of(service, text);
        if (kind != HostKind::kPlain)
          flags |= static_cast<std::uint32_t>(kind) << format::kKindShift;
      }
      const auto first = pack_.host_services.size();
      pack_.host_services.insert(pack_.host_services.end(), known.services.begin(),
                                 known.services.end());
      pack_.hosts.push_back({pack_.str(text), known.partition, known.partitions,
                             pack_.str(known.signing_region), flags,
                             Writer::run(first, pack_.host_services.size())});
    }
    std::set<std::string> joined;
    for (const auto& operation : pack_.operations) {
      const auto prefix = pack_.text(operation.host_prefix);
      if (prefix.ends_with('-') && prefix.find('{') == std::string_view::npos)
        joined.emplace(prefix);
    }
    for (const auto& prefix : joined) pack_.host_prefixes.push_back(pack_.str(prefix));
    return kinds_.check_all_used();
  }

 private:
  struct Known {
    format::Index partition = format::kNone;
    std::uint32_t partitions = 0;
    std::string signing_region;
    std::uint32_t flags = 0;
    std::set<format::Index> services;
  };
  struct Row {
    std::string host, signing_region, signing_name, path;
    bool operator==(const Row&) const = default;
  };

  static Parameters parameters(const std::string& region, std::uint32_t variant) {
    return {{"Region", Value(region)},
            {"UseFIPS", Value((variant & format::kFips) != 0)},
            {"UseDualStack", Value((variant & format::kDualStack) != 0)}};
  }

  // Whether a host has a label of its own before the domain of its partition.
  bool has_a_word(std::string_view host) const {
    for (const auto& info : partitions_) {
      for (const auto* suffix : {"dnsSuffix", "dualStackDnsSuffix"}) {
        const auto domain = text_of(info.outputs, suffix);
        if (host == domain) return false;
        if (!host.ends_with(domain)) continue;
        const auto before = host.substr(0, host.size() - domain.size() - 1);
        if (before == kPlace || before == "*") return false;
      }
    }
    return true;
  }

  void add_host(const std::string& text, format::Index service, format::Index partition,
                const std::string& signing_region, std::uint32_t flags) {
    auto& known = hosts_[text];
    if (known.services.empty()) {
      known.partition = text.find(kPlace) == std::string::npos ? partition : format::kNone;
      known.flags = flags;
    }
    known.partitions |= 1u << partition;
    if (known.signing_region.empty()) known.signing_region = signing_region;
    known.services.insert(service);
  }

  void add_hosts(format::Index service, format::Index partition, const std::string& region,
                 const Rules& rules, const std::vector<ContextParameter>& context) {
    for (const unsigned flags : {0u, 1u, 2u, 3u}) {
      const auto base = parameters(region, flags);
      std::vector<Parameters> variants{base};
      for (const auto& extra : context) {
        variants.push_back(base);
        variants.back().emplace_back(extra.name, extra.value);
      }
      if (rules.takes("UseGlobalEndpoint")) {
        variants.push_back(base);
        variants.back().emplace_back("UseGlobalEndpoint", Value(true));
      }
      for (const auto& variant : variants) {
        const auto found = rules.resolve(variant);
        if (!found) continue;
        const auto text = with_place(found->host, region);
        const auto scope = found->signing_region == region ? std::string{} : found->signing_region;
        add_host(text, service, partition, scope, flags);
      }
    }
  }

  std::optional<Row> row_for(format::Index service, const std::string& region, const Rules& rules,
                             std::uint32_t variant) const {
    const auto found = rules.resolve(parameters(region, variant));
    if (!found) return std::nullopt;
    Row row{with_place(found->host, region), found->signing_region, found->signing_name,
            found->path};
    if (row.signing_region.empty() || row.signing_region == region) row.signing_region = kPlace;
    if (row.signing_name.empty())
      row.signing_name = pack_.text(pack_.services[service].signing_name);
    return row;
  }

  void put_target(format::Index service, format::Index partition, std::string_view region,
                  const std::optional<Row>& row, std::uint32_t flags) {
    format::ServiceTarget target{service, partition, pack_.str(region)};
    target.flags = flags;
    if (row) {
      target.host = pack_.str(row->host);
      target.signing_region = pack_.str(row->signing_region);
      target.signing_name = pack_.str(row->signing_name);
      target.path_prefix = pack_.str(row->path);
    }
    pack_.service_targets.push_back(target);
  }

  // One row for the partition, and one for each region that is answered otherwise, in order of
  // region.
  void add_target(format::Index service, format::Index partition, const Rules& rules,
                  std::uint32_t variant) {
    const auto& info = partitions_[partition];
    const auto general = row_for(service, region_to_come(info), rules, variant);
    if (general) put_target(service, partition, "", general, variant);
    if (general && variant == 0 && general->signing_region != kPlace) {
      pack_.services[service].flags |= format::kGlobal;
    }
    auto regions = info.regions;
    std::ranges::sort(regions);
    for (const auto& region : regions) {
      const auto row = row_for(service, region, rules, variant);
      if (row != general) put_target(service, partition, region, row, variant);
    }
  }

  // Hosts of a kind of their own are targets as well, one for each partition.
  void add_kind_targets(format::Index service, const std::vector<TemplateHost>& templates) {
    std::set<std::pair<format::Index, std::uint32_t>> there;
    for (const auto& found : templates) {
      const auto kind = kinds_.of(service, found.host);
      if (kind == HostKind::kPlain || found.host.find(kPlace) == std::string::npos ||
          found.host.find('*') != std::string::npos)
        continue;
      const auto flags = found.flags | static_cast<std::uint32_t>(kind) << format::kKindShift;
      if (!there.emplace(found.partition, flags).second) continue;
      const Row row{found.host, std::string(kPlace), found.signing_name, ""};
      put_target(service, found.partition, "", row, flags);
    }
  }

  // "{region}" as a whole label is the place; inside a label every known region of the partition is
  // written out.
  void add_spelling(format::Index service, const std::string& spelling) {
    for (format::Index at = 0; at < partitions_.size(); ++at) {
      const auto& info = partitions_[at];
      auto text = spelling;
      if (const auto mark = text.find("{suffix}"); mark != std::string::npos) {
        text.replace(mark, 8, text_of(info.outputs, "dnsSuffix"));
      } else if (at != 0) {
        return;
      }
      const auto mark = text.find("{region}");
      if (mark == std::string::npos) {
        add_host(text, service, at, std::string(text_of(info.outputs, "implicitGlobalRegion")), 0);
        continue;
      }
      const auto end = mark + 8;
      if ((mark == 0 || text[mark - 1] == '.') && (end == text.size() || text[end] == '.')) {
        add_host(std::string(text).replace(mark, 8, kPlace), service, at, "", 0);
        continue;
      }
      for (const auto& region : info.regions)
        add_host(std::string(text).replace(mark, 8, region), service, at, region, 0);
    }
  }

  Writer& pack_;
  const Sources& sources_;
  const std::vector<PartitionInfo>& partitions_;
  HostKinds kinds_;
  std::map<std::string, Known> hosts_;
};

}  // namespace

std::vector<ContextParameter> context_parameters(const Value& model) {
  std::vector<ContextParameter> found;
  const auto* operations = model.find("operations");
  if (!operations || !operations->object()) return found;
  for (const auto& operation : *operations->object()) {
    const auto* context = operation.value.find("staticContextParams");
    if (!context || !context->object()) continue;
    for (const auto& [name, parameter] : *context->object()) {
      const auto* value = parameter.find("value");
      if (!value) continue;
      ContextParameter item{name, *value};
      if (std::ranges::find(found, item) == found.end()) found.push_back(std::move(item));
    }
  }
  return found;
}

Status add_endpoints(Writer& pack, const Sources& sources,
                     const std::vector<std::vector<ContextParameter>>& context_by_service) {
  TRY(const auto partitions, parse_partitions(sources.partitions));
  for (format::Index at = 0; at < partitions.size(); ++at) {
    const auto& info = partitions[at];
    pack.partitions.push_back({pack.str(info.name), pack.str(text_of(info.outputs, "dnsSuffix")),
                               pack.str(text_of(info.outputs, "dualStackDnsSuffix")),
                               pack.str(info.prefixes)});
    for (const auto& region : info.regions) pack.regions.push_back({pack.str(region), at});
  }
  if (partitions.size() > 32) return fail(ErrorCode::kLimitExceeded, "more than 32 partitions");
  TRY(auto kinds, HostKinds::read(pack, sources));
  Builder builder(pack, sources, partitions, std::move(kinds));
  for (format::Index at = 0; at < pack.services.size(); ++at)
    CHECK_OK(builder.add(at, context_by_service[at]));
  CHECK_OK(builder.add_overlay());
  return builder.finish();
}

}  // namespace strait::catalog::compiler
