// SPDX-License-Identifier: Apache-2.0
// Host names. The pack holds each host once, with "{}" where its region stands, so that a region
// that is newer than the pack is understood when its partition's name pattern takes it.
#include <algorithm>

#include "base/bytes.h"
#include "catalog/pack.h"

namespace strait::catalog {
namespace {

constexpr std::size_t kHostBytesMax = 253;  // RFC 1035, 2.3.4
constexpr std::string_view kPlace = "{}";

bool digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// `label` as one of "us|eu|..." then "-word-digits": what every partition's regionRegex says.
bool region_of_form(std::string_view prefixes, std::string_view label) {
  const auto last = label.rfind('-');
  if (last == std::string_view::npos || !digits(label.substr(last + 1))) return false;
  const auto front = label.substr(0, last);
  const auto dash = front.rfind('-');
  if (dash == std::string_view::npos || !word(front.substr(dash + 1))) return false;
  const auto prefix = front.substr(0, dash);
  while (!prefixes.empty()) {
    const auto end = std::min(prefixes.find('|'), prefixes.size());
    if (prefixes.substr(0, end) == prefix) return true;
    prefixes.remove_prefix(std::min(end + 1, prefixes.size()));
  }
  return false;
}

template <class Pack>
format::Index partition_index(const Pack& pack, std::string_view region) {
  const auto listed = pack.find(pack.regions, region);
  if (!listed.empty()) return listed.front().value;
  for (std::size_t at = 0; at < pack.partitions.size(); ++at) {
    if (region_of_form(pack.text(pack.partitions[at].region_prefixes), region)) {
      return static_cast<format::Index>(at);
    }
  }
  return format::kNone;
}

template <class Pack>
const format::Host* find_host(const Pack& pack, std::string_view text) {
  const auto at = pack.host_names.find(name_hash(text), [&](std::uint32_t host) {
    return same(pack.text(pack.hosts[host].text), text);
  });
  return at == NameIndex::kFree ? nullptr : &pack.hosts[at];
}

// The row of a region, else that of its whole partition.
template <class Pack>
const format::ServiceTarget* target_row(const Pack& pack, format::Index service,
                                        format::Index partition, std::string_view region,
                                        std::uint32_t flags) {
  const format::ServiceTarget* found = nullptr;
  for (auto at = pack.target_begins[service]; at < pack.target_begins[service + 1]; ++at) {
    const auto& row = pack.service_targets[at];
    if (row.flags != flags) {
      if (flags == 0) break;  // the plain rows come first, and they are asked for at every call
      continue;
    }
    if (row.service != service || row.partition != partition) continue;
    const auto named = pack.text(row.region);
    if (named == region) return &row;
    if (named.empty()) found = &row;
  }
  return found;
}

// A zone name in a host label, as in "s3express-use1-az4", becomes "*": "s3express-*". False when
// there is none.
bool without_zone(std::string& host) {
  const auto label = host.substr(0, host.find('.'));
  const auto az = label.rfind("-az");
  if (az == std::string::npos || !digits(std::string_view(label).substr(az + 3))) return false;
  const auto dash = label.rfind('-', az - 1);
  if (az == 0 || dash == std::string::npos) return false;
  host.replace(dash + 1, label.size() - dash - 1, "*");
  return true;
}

// A host found, and how many bytes of the asked text stood before it.
struct Found {
  const format::Host* host = nullptr;
  std::size_t label = 0;
};

// Looks for `text` from its first label on, dropping labels from the left until something is known.
template <class Pack>
Found search(const Pack& pack, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    std::string rest = text.substr(at);
    if (const auto* host = find_host(pack, rest)) return {host, at};
    for (const auto prefix : pack.host_prefixes) {
      const auto joined = pack.text(prefix);
      if (!rest.starts_with(joined)) continue;
      if (const auto* host = find_host(pack, std::string_view(rest).substr(joined.size()))) {
        return {host, at + joined.size()};
      }
    }
    if (without_zone(rest)) {
      if (const auto* host = find_host(pack, rest)) return {host, at};
    }
    const auto dot = text.find('.', at);
    if (dot == std::string::npos) break;
    at = dot + 1;
  }
  return {};
}

std::string substituted(std::string_view pattern, std::string_view region) {
  if (pattern == kPlace) return std::string(region);
  std::string text;
  text.reserve(pattern.size() + region.size());
  while (true) {
    const auto place = pattern.find(kPlace);
    text += pattern.substr(0, place);
    if (place == std::string_view::npos) return text;
    text += region;
    pattern.remove_prefix(place + kPlace.size());
  }
}

std::uint32_t flags_of(Variant variant, HostKind kind) {
  return (variant.fips ? format::kFips : 0u) | (variant.dual_stack ? format::kDualStack : 0u) |
         static_cast<std::uint32_t>(kind) << format::kKindShift;
}

bool under(std::string_view host, std::string_view domain) {
  return host.ends_with(domain) &&
         (host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.');
}

}  // namespace

bool Catalog::in_aws_domain(std::string_view host) const {
  return std::ranges::any_of(pack_->partitions, [&](const format::Partition& partition) {
    return under(host, pack_->text(partition.dns_suffix)) ||
           under(host, pack_->text(partition.dual_suffix));
  });
}

std::string_view Catalog::partition_of(std::string_view region) const {
  const auto at = partition_index(*pack_, region);
  return at == format::kNone ? std::string_view{} : pack_->text(pack_->partitions[at].name);
}

std::optional<Endpoint> Catalog::endpoint(std::string_view host) const {
  if (host.empty() || host.size() > kHostBytesMax) return std::nullopt;
  std::string text(host);
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  if (text.back() == '.') text.pop_back();
  const auto plain = text;

  // The rightmost label that is a region, if any; then the name with its place instead.
  std::string region;
  format::Index partition = format::kNone;
  for (auto end = text.size(); end > 0;) {
    const auto dot = text.rfind('.', end - 1);
    const auto start = dot == std::string::npos ? 0 : dot + 1;
    const auto label = std::string_view(text).substr(start, end - start);
    partition = partition_index(*pack_, label);
    if (partition != format::kNone) {
      region = label;
      text.replace(start, end - start, kPlace);
      break;
    }
    if (start == 0) break;
    end = start - 1;
  }
  auto found = search(*pack_, text);
  if (!found.host || pack_->text(found.host->text).find(kPlace) == std::string_view::npos) {
    region.clear();  // what looked like one was a bucket, or nothing
    found = search(*pack_, plain);
    if (!found.host) return std::nullopt;
    partition = found.host->partition;
    text = plain;
  }
  if (partition == format::kNone) return std::nullopt;
  // A region of one partition under the domain of another is no endpoint.
  if (!region.empty() && !(found.host->partitions >> partition & 1)) return std::nullopt;

  Endpoint endpoint;
  endpoint.region = region;
  endpoint.partition = pack_->text(pack_->partitions[partition].name);
  endpoint.signing_region = pack_->text(found.host->signing_region);
  endpoint.label = text.substr(0, found.label);
  if (endpoint.label.ends_with('.')) endpoint.label.pop_back();
  endpoint.variant = {(found.host->flags & format::kFips) != 0,
                      (found.host->flags & format::kDualStack) != 0};
  endpoint.kind = static_cast<HostKind>(found.host->flags >> format::kKindShift);
  for (const auto service : pack_->run(pack_->host_services, found.host->services)) {
    endpoint.services.emplace_back(this, service);
  }
  if (endpoint.services.empty()) return std::nullopt;
  return endpoint;
}

std::vector<std::string_view> Catalog::domains() const {
  std::vector<std::string_view> all;
  for (const auto& partition : pack_->partitions) {
    for (const auto suffix : {partition.dns_suffix, partition.dual_suffix}) {
      const auto text = pack_->text(suffix);
      if (!text.empty()) all.push_back(text);
    }
  }
  std::ranges::sort(all);
  all.erase(std::ranges::unique(all).begin(), all.end());
  std::erase_if(all, [&, whole = all](std::string_view domain) {
    return std::ranges::any_of(
        whole, [&](std::string_view above) { return domain != above && under(domain, above); });
  });
  return all;
}

Result<Target> Catalog::target(Service service, std::string_view region, Variant variant,
                               HostKind kind) const {
  const auto partition = partition_index(*pack_, region);
  if (partition == format::kNone) {
    return fail(ErrorCode::kInvalidInput,
                "region " + quoted(region) + " belongs to no AWS partition that Strait knows");
  }
  const auto* row = target_row(*pack_, service.index(), partition, region, flags_of(variant, kind));
  if (!row || row->host == 0) {
    return fail(ErrorCode::kUnknownService, std::string(service.name()) + " has no " +
                                                (variant.fips ? "FIPS " : "") +
                                                (variant.dual_stack ? "dual-stack " : "") +
                                                "endpoint in region " + quoted(region));
  }
  return Target{substituted(pack_->text(row->host), region),
                substituted(pack_->text(row->signing_region), region),
                pack_->text(row->signing_name), pack_->text(row->path_prefix)};
}

}  // namespace strait::catalog
