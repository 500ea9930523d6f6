// SPDX-License-Identifier: Apache-2.0
#include "mask/reply_headers.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/time.h"
#include "mask/body_masker.h"

namespace strait::mask {

namespace {

// Names in order of their length, so that one is compared with the few of its own length.
template <std::size_t kCount>
class NameSet {
 public:
  consteval explicit NameSet(std::array<std::string_view, kCount> names) : names_(names) {
    std::ranges::sort(names_, {}, &std::string_view::size);
    for (std::size_t size = 0; size < first_.size(); ++size) {
      const auto from = std::ranges::lower_bound(names_, size, {}, &std::string_view::size);
      first_[size] = static_cast<std::uint8_t>(from - names_.begin());
    }
  }
  bool contains(std::string_view name) const {
    if (name.size() + 1 >= first_.size()) return false;
    const auto end = first_[name.size() + 1];
    for (auto at = first_[name.size()]; at < end; ++at) {
      if (names_[at] == name) return true;
    }
    return false;
  }

 private:
  std::array<std::string_view, kCount> names_;
  std::array<std::uint8_t, 32> first_{};  // by length: the first name that is not shorter
};

// What SDKs read of any reply: RFC 9110 fields about the content, and AWS's request ids and error
// codes.
constexpr NameSet kGeneral(std::to_array<std::string_view>({"accept-ranges",
                                                            "cache-control",
                                                            "content-disposition",
                                                            "content-encoding",
                                                            "content-language",
                                                            "content-length",
                                                            "content-range",
                                                            "content-type",
                                                            "date",
                                                            "etag",
                                                            "expires",
                                                            "last-modified",
                                                            "retry-after",
                                                            "smithy-protocol",
                                                            "x-amz-apigw-id",
                                                            "x-amz-bucket-region",
                                                            "x-amz-cf-id",
                                                            "x-amz-crc32",
                                                            "x-amz-delete-marker",
                                                            "x-amz-id-2",
                                                            "x-amz-request-id",
                                                            "x-amz-version-id",
                                                            "x-amzn-errormessage",
                                                            "x-amzn-errortype",
                                                            "x-amzn-query-error",
                                                            "x-amzn-requestid",
                                                            "x-amz-missing-meta",
                                                            "x-amz-error-code"}));

// Digests of a body that is not any more.
constexpr std::array<std::string_view, 6> kDigests = {
    "content-digest", "content-md5",          "digest",
    "repr-digest",    "x-amz-content-sha256", "x-amz-crc32"};

const HeaderRule* rule_for(const MaskPlan& plan, std::string_view name) {
  const HeaderRule* prefix = nullptr;
  for (const auto& rule : plan.headers()) {
    if (!rule.prefix && rule.name == name) return &rule;
    if (rule.prefix && name.starts_with(rule.name)) prefix = &rule;
  }
  return prefix;
}

std::string covered(const HeaderRule& rule, const MaskKey& key, std::string_view value) {
  if (rule.shape == catalog::ShapeKind::kBoolean) return std::string(value);
  if (rule.shape == catalog::ShapeKind::kTimestamp) return http_date(Timestamp{});
  const auto shape = rule.encoded ? catalog::ShapeKind::kBlob : rule.shape;
  return substitute(shape, key.marker(rule.cover, value), true);
}

// A header's value with detector findings replaced: in `out`, which is left empty when there are
// none.
Status search(std::string_view value, std::string_view name, const MaskPlan& plan,
              const MaskKey& key, DetectorScan& scan, std::string& out,
              std::vector<journey::MaskedMember>& masked) {
  TRY(const auto* findings, scan.find(value, false));
  std::size_t at = 0;
  for (const auto& finding : *findings) {
    if ((bit(finding.detector) & plan.role_detect()) == 0) continue;
    const auto kind = mask::name(finding.detector);
    out.append(value, at, finding.begin - at);
    out.append(key.marker(kind, value.substr(finding.begin, finding.end - finding.begin)));
    at = finding.end;
    masked.push_back({"header " + std::string(name), std::string(kind)});
  }
  if (at > 0) out.append(value, at);
  return {};
}

}  // namespace

Result<journey::Headers> filter_reply_headers(journey::Headers headers, const MaskPlan& plan,
                                              const MaskKey& key, DetectorScan* scan,
                                              std::vector<journey::MaskedMember>& masked) {
  if (plan.headers().empty()) {  // nothing that the model binds: only the general ones pass
    headers.remove_if([](const auto& field) { return !kGeneral.contains(field.first); });
    return headers;
  }
  journey::Headers out;
  std::string changed;
  for (auto [name, value] : headers.fields()) {
    const auto* rule = rule_for(plan, name);
    if (rule == nullptr && !kGeneral.contains(name)) continue;
    if (rule != nullptr && !rule->cover.empty()) {
      if (!value.empty()) {
        changed = covered(*rule, key, value);
        value = changed;
        masked.push_back({std::string(rule->member), std::string(rule->cover)});
      }
    } else if (rule != nullptr && scan != nullptr && plan.role_detect() != kDetectNone) {
      changed.clear();
      CHECK_OK(search(value, name, plan, key, *scan, changed, masked));
      if (!changed.empty()) value = changed;
    }
    out.add(name, value);
  }
  return out;
}

void repair_for_new_body(journey::Headers& headers, const std::string* body, bool opaque) {
  headers.remove_if([&](const auto& field) {
    const auto name = field.first;
    return name == "content-length" || name == "content-encoding" ||
           name.starts_with("x-amz-checksum-") || (opaque && name == "etag") ||
           std::ranges::find(kDigests, name) != kDigests.end();
  });
  if (body != nullptr) headers.add("content-length", std::to_string(body->size()));
}

}  // namespace strait::mask
