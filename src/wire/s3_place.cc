// SPDX-License-Identifier: Apache-2.0
#include "wire/s3_place.h"

#include <algorithm>
#include <array>

#include "codec/arn.h"
#include "wire/agreement.h"

namespace strait::wire {
namespace {

using catalog::HostKind;
// Names that S3 gives out itself, and no bucket can have. Directory buckets ("--x-s3") are buckets.
constexpr auto kAliasEnds =
    std::to_array<std::string_view>({"-s3alias", "--ol-s3", "--op-s3", "--xa-s3", ".mrap"});

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_access_point_name(std::string_view text) {
  return text.size() >= 3 && text.size() <= 50 && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(
             text, [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-'; });
}

struct NameAndAccount {
  std::string_view name, account;
};

// "mine-123456789012"
std::optional<NameAndAccount> name_and_account(std::string_view label) {
  const auto dash = label.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const NameAndAccount found{label.substr(0, dash), label.substr(dash + 1)};
  if (!is_account_id(found.account) || !is_access_point_name(found.name)) return std::nullopt;
  return found;
}

std::unexpected<Error> not_taken(std::string_view what) {
  return fail(ErrorCode::kUnsupported, std::string(what) +
                                           ": which bucket it leads to cannot be told from the "
                                           "request. Use the bucket, or an access point of it");
}

std::unexpected<Error> not_taken_as_outpost() {
  return fail(ErrorCode::kUnsupported, "objects on S3 on Outposts are not taken");
}

Result<std::string> access_point_at(const Place& place) {
  const auto found = name_and_account(place.label);
  if (!found) {
    return fail(ErrorCode::kInvalidInput,
                "an access point's host begins with its name, - and its account, not " +
                    quoted(place.label));
  }
  const auto& endpoint = *place.endpoint;
  std::string arn("arn:");
  for (const auto part : {endpoint.partition, std::string_view("s3"),
                          std::string_view(endpoint.region), found->account})
    arn.append(part).append(":");
  return arn.append("accesspoint/").append(found->name);
}

}  // namespace

std::optional<AccessPoint> access_point(std::string_view bucket) {
  constexpr std::string_view kType = "accesspoint/";
  if (!bucket.starts_with("arn:")) return std::nullopt;
  const auto arn = codec::parse_arn(bucket);
  if (!arn || arn->service != "s3" || arn->region.empty() || !is_account_id(arn->account) ||
      !arn->resource.starts_with(kType))
    return std::nullopt;
  const auto name = arn->resource.substr(kType.size());
  if (!is_access_point_name(name)) return std::nullopt;
  return AccessPoint{arn->partition, arn->region, arn->account, name};
}

std::optional<AccessPoint> access_point_of(catalog::Operation operation,
                                           const codec::Value& input) {
  if (operation.service().name() != "s3") return std::nullopt;
  const auto* bucket = input.find("Bucket");
  if (bucket == nullptr || bucket->string() == nullptr) return std::nullopt;
  return access_point(*bucket->string());
}

Result<std::string> bucket_at(const Place& place) {
  const auto kind = place.endpoint ? place.endpoint->kind : HostKind::kPlain;
  switch (kind) {
    case HostKind::kPlain:
    case HostKind::kAccelerate: break;
    case HostKind::kAccessPoint: return access_point_at(place);
    case HostKind::kOutposts: return not_taken_as_outpost();
    case HostKind::kObjectLambda: return not_taken("an Object Lambda access point");
    case HostKind::kMultiRegion: return not_taken("a multi-Region access point");
    case HostKind::kWebsite:
      return fail(ErrorCode::kUnsupported, "website endpoints take no signed requests");
  }
  if (!place.endpoint && name_and_account(place.label)) {
    return fail(ErrorCode::kAmbiguousRequest,
                quoted(place.label) +
                    " before the gateway's name can be a bucket or an access point: for the bucket "
                    "use path-style addressing, for the access point its own AWS host name");
  }
  return place.label;
}

bool is_bucket_alias(std::string_view name) {
  return std::ranges::any_of(kAliasEnds, [&](std::string_view end) { return name.ends_with(end); });
}

Status check_bucket(std::string_view bucket, std::string_view partition, std::string_view region) {
  if (is_bucket_alias(bucket)) return not_taken("the alias of an access point");
  if (!bucket.starts_with("arn:")) return {};
  const auto point = access_point(bucket);
  if (!point) {
    return fail(ErrorCode::kUnsupported,
                "of ARNs only an access point's can stand for a bucket "
                "(arn:aws:s3:<region>:<account>:accesspoint/<name>), not " +
                    quoted(bucket));
  }
  if (point->partition != partition || point->region != region) {
    return fail(ErrorCode::kInvalidInput, quoted(bucket) + " is not in " + quoted(region) +
                                              ", which the request was signed for");
  }
  return {};
}

}  // namespace strait::wire
