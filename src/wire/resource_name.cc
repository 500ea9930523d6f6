// SPDX-License-Identifier: Apache-2.0
#include "wire/resource_name.h"

#include <algorithm>

#include "base/ascii.h"
#include "codec/arn.h"
#include "wire/agreement.h"
#include "wire/copy_source.h"
#include "wire/pattern_text.h"
#include "wire/s3_place.h"

namespace strait::wire {
namespace {

bool is_arn(std::string_view text) { return text.starts_with("arn:"); }

ResourceName text_of(std::string_view text) {
  return {ResourceName::kText, std::string(text), false, {}, {}};
}
ResourceName arn_of(std::string_view text) {
  return {ResourceName::kWholeArn, std::string(text), false, {}, {}};
}
// `text` between two patterns, as a name or as a whole ARN.
ResourceName pattern_of(std::string_view before, std::string_view text, std::string_view after) {
  ResourceName name{is_arn(text) ? ResourceName::kWholeArn : ResourceName::kText,
                    std::string(before),
                    true,
                    {},
                    {}};
  append_escaped(name.text, text);
  name.text += after;
  return name;
}
ResourceName unknown() { return {ResourceName::kUnknown, {}, false, {}, {}}; }
ResourceName none() { return {ResourceName::kNone, {}, false, {}, {}}; }

std::string_view after_last(std::string_view text, char mark) {
  const auto at = text.rfind(mark);
  return at == std::string_view::npos ? text : text.substr(at + 1);
}

// https://host/<account>/<name>. SQS itself goes by account and name alone, but who reads the URL
// goes by its host, so that must be SQS in this region or the address that the agent came by.
Result<ResourceName> queue(std::string_view url, const journey::Call& call) {
  if (is_arn(url)) return arn_of(url);
  const auto scheme = url.find("://");
  auto rest = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return text_of(rest);
  const auto host = rest.substr(0, slash);
  rest.remove_prefix(slash + 1);
  if (host != call.host) {
    const auto endpoint = call.catalog->endpoint(host.substr(0, host.find(':')));
    const bool of_sqs = endpoint && std::ranges::any_of(endpoint->services, [&](const auto& one) {
                          return one.name() == "sqs";
                        });
    if (!of_sqs) {
      return fail(ErrorCode::kInvalidInput,
                  quoted(url) + " is at " + quoted(host) +
                      ", which is no address of SQS: " + "ask GetQueueUrl for the queue's own");
    }
    CHECK_OK(check_region_agrees(endpoint->region, url, call));
  }
  const auto second = rest.find('/');
  const auto account = rest.substr(0, second);
  if (second == std::string_view::npos || !is_account_id(account) ||
      rest.find('/', second + 1) != std::string_view::npos) {
    return unknown();
  }
  CHECK_OK(check_owner_agrees(account, url, call));
  auto name = text_of(rest.substr(second + 1));
  name.account = account;
  return name;
}

// `name` is what stands after "function:": name or name:qualifier, in the ARN `before` it or alone.
// The request may have the qualifier in a parameter of its own. AWS judges the qualified ARN; a
// Deny on the function is meant for its versions and aliases too.
Result<ResourceName> qualified(ResourceName out, std::string_view before, std::string_view name,
                               const journey::Call& call) {
  const auto* beside = call.input.find("Qualifier");
  const auto* given = beside == nullptr ? nullptr : beside->string();
  const auto colon = name.find(':');
  const bool within = colon != std::string_view::npos;
  if (within && given != nullptr && name.substr(colon + 1) != *given) {
    return fail(ErrorCode::kInvalidInput, quoted(name) + " and `Qualifier` " + quoted(*given) +
                                              " are two qualifiers: give one");
  }
  if (!within && given == nullptr) return out;
  if (!within) out.text.append(1, ':').append(*given);
  append_escaped(out.also, before);
  append_escaped(out.also, name.substr(0, colon));
  return out;
}

// Name, name:qualifier, account:function:name[:qualifier], or an ARN with or without qualifier.
Result<ResourceName> function(std::string_view text, const journey::Call& call) {
  constexpr std::string_view kMark = ":function:";
  const auto marker = text.find(kMark);
  if (is_arn(text)) {
    if (marker == std::string_view::npos) return arn_of(text);
    const auto begin = marker + kMark.size();
    return qualified(arn_of(text), text.substr(0, begin), text.substr(begin), call);
  }
  if (marker == std::string_view::npos) return qualified(text_of(text), "", text, call);
  const auto account = after_last(text.substr(0, marker), ':');
  if (!is_account_id(account)) return unknown();
  CHECK_OK(check_owner_agrees(account, text, call));
  const auto rest = text.substr(marker + kMark.size());
  auto name = text_of(rest);
  name.account = account;
  return qualified(std::move(name), "", rest, call);
}

ResourceName kms_key(std::string_view text) {
  if (text.starts_with("alias/")) return unknown();
  if (!is_arn(text)) return text_of(text);
  const auto arn = codec::parse_arn(text);
  if (!arn || arn->resource.starts_with("alias/")) return unknown();
  return arn_of(text);
}

ResourceName kms_alias(std::string_view text) {
  if (text.starts_with("alias/")) return text_of(text.substr(6));
  const auto arn = codec::parse_arn(text);
  if (arn && arn->resource.starts_with("alias/")) return arn_of(text);
  return none();
}

ResourceName ssm_parameter(std::string_view text) {
  if (is_arn(text)) return arn_of(text);
  if (text.starts_with('/')) text.remove_prefix(1);
  return text_of(text.substr(0, text.find(':')));
}

// A secret's ARN ends in "-" and six random characters, which a name does not tell.
ResourceName secret(std::string_view text) {
  const auto name = is_arn(text) ? after_last(text, ':') : text;
  const auto dash = name.rfind('-');
  const bool complete = is_arn(text) && dash != std::string_view::npos && name.size() - dash == 7;
  auto guess = pattern_of("", text, "-??????");
  if (!complete) return guess;
  // Or "my-secret", whose ARN goes on.
  auto whole = arn_of(text);
  whole.also = std::move(guess.text);
  return whole;
}

ResourceName iam_new(std::string_view text, const journey::Call& call) {
  const auto* path = call.input.find("Path");
  if (path == nullptr || path->string() == nullptr) return text_of(text);
  const auto prefix = *path->string();
  return text_of((prefix.starts_with('/') ? prefix.substr(1) : prefix) + std::string(text));
}

Result<CopySource> copy_source(std::string_view text) {
  return read_copy_source(text, MemberPath(nullptr, "CopySource"));
}

// The bucket or the key of a copy source, or the ARN that it is.
Result<ResourceName> s3_source(std::string_view text, std::string_view variable) {
  TRY(const auto read, copy_source(text));
  const std::string_view source = read.source;
  if (is_arn(source)) return arn_of(source);
  const auto slash = source.find('/');
  if (is_bucket_alias(source.substr(0, slash))) return unknown();
  return text_of(variable == "ObjectName" ? source.substr(slash + 1) : source.substr(0, slash));
}

// The version of a copy source; none is no value, which is what triggers ask.
Result<ResourceName> s3_source_version(std::string_view text) {
  TRY(const auto source, copy_source(text));
  return source.version ? text_of(*source.version) : none();
}

// "family:3", or "family", which is whatever revision is the newest.
ResourceName task_definition(std::string_view text) {
  const auto name = is_arn(text) ? after_last(text, '/') : text;
  if (name.find(':') == std::string_view::npos) return pattern_of("", text, ":*");
  return is_arn(text) ? arn_of(text) : text_of(text);
}

ResourceName log_group(std::string_view text) {
  if (!is_arn(text)) return text_of(text);
  const auto group = text.find(":log-group:");
  if (group == std::string_view::npos) return unknown();
  const auto name = text.substr(group + 11);
  return text_of(name.substr(0, name.find(':')));  // without ":*", or the log stream
}

// The prefix of "us.,eu.,..." that `text` begins with; "" when none.
std::string_view prefix_among(std::string_view list, std::string_view text) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    const auto prefix = list.substr(0, end);
    if (text.starts_with(prefix)) return prefix;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return {};
}

// Transforms that say what to look for: "begins:us.,eu.". nullopt: it is none of them.
std::optional<ResourceName> sorted_out(std::string_view text, std::string_view transform) {
  const auto colon = transform.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto kind = transform.substr(0, colon);
  const auto wanted = transform.substr(colon + 1);
  const auto own = is_arn(text) ? after_last(text, '/') : text;
  const auto prefix = prefix_among(wanted, own);
  if (kind == "after") return prefix.empty() ? none() : text_of(own.substr(prefix.size()));
  if (is_arn(text)) return arn_of(text);
  if (kind == "begins") return prefix.empty() ? none() : text_of(text);
  if (kind == "not") return prefix.empty() ? text_of(text) : none();
  if (kind == "lacks") return text.find(wanted) == std::string_view::npos ? text_of(text) : none();
  return std::nullopt;
}

// The default bus goes without a name in the ARNs of its rules.
ResourceName custom_bus(std::string_view text) {
  const auto name = is_arn(text) ? after_last(text, '/') : text;
  return name == "default" ? none() : text_of(name);
}

}  // namespace

bool names_itself(std::string_view text, std::string_view transform, std::string_view variable) {
  return transform.empty() && !variable.empty() && !text.empty() && !is_arn(text);
}

Result<ResourceName> resource_name(std::string_view text, std::string_view transform,
                                   std::string_view variable, const journey::Call& call) {
  if (text.empty()) return none();
  if (names_itself(text, transform, variable)) return text_of(text);
  if (transform == "sqs_url") return queue(text, call);
  if (transform == "function") return function(text, call);
  if (transform == "kms_key") return kms_key(text);
  if (transform == "kms_alias") return kms_alias(text);
  if (transform == "ssm") return ssm_parameter(text);
  if (transform == "secret") return secret(text);
  if (transform == "s3_source") return s3_source(text, variable);
  if (transform == "s3_source_version") return s3_source_version(text);
  if (transform == "revision") return task_definition(text);
  if (transform == "log_group") return log_group(text);
  if (transform == "custom_bus") return custom_bus(text);
  if (transform == "arn_name") return text_of(is_arn(text) ? after_last(text, '/') : text);
  if (auto name = sorted_out(text, transform)) return *std::move(name);
  if (transform == "s3_bucket" && access_point(text)) return text_of(text);
  if (is_arn(text)) return arn_of(text);
  if (transform == "iam_name") return pattern_of("*", text, "");
  if (transform == "iam_new") return iam_new(text, call);
  if (transform == "ec2_type") {
    const auto type = call.catalog->ec2_resource_type(text);
    return type.empty() ? unknown() : text_of(type);
  }
  if (transform == "last") return text_of(after_last(text, '/'));
  if (transform == "last_colon") return text_of(after_last(text, ':'));
  if (transform == "lower") return text_of(lowered(text));
  if (transform.empty() || transform == "s3_bucket")
    return variable.empty() ? unknown() : text_of(text);
  return unknown();  // a transform of a newer catalog
}

bool fits_pattern(std::string_view arn, std::string_view pattern, std::string_view partition) {
  constexpr std::string_view kPartition = "${Partition}";
  std::string glob(pattern);
  if (const auto at = glob.find(kPartition); at != std::string::npos)
    glob.replace(at, kPartition.size(), partition);
  // Literal pieces between variables must follow one another; the first and the last are anchored.
  std::string_view rest = glob;
  bool first = true;
  while (true) {
    const auto open = std::min(rest.find("${"), rest.find('*'));
    const auto piece = rest.substr(0, open);
    if (open == std::string_view::npos) return first ? arn == piece : arn.ends_with(piece);
    const auto at = first ? (arn.starts_with(piece) ? 0 : std::string_view::npos) : arn.find(piece);
    if (at == std::string_view::npos) return false;
    arn.remove_prefix(at + piece.size());
    const auto close = rest[open] == '*' ? open : rest.find('}', open);
    if (close == std::string_view::npos) return false;
    rest.remove_prefix(close + 1);
    first = false;
  }
}

}  // namespace strait::wire
