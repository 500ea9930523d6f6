// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/time.h"
#include "codec/uri.h"
#include "wire/input_path.h"
#include "wire/needs.h"

namespace strait::wire {
namespace {

using journey::Call;
using journey::Context;

void add(Context& out, std::string_view key, std::string value) {
  out.entries.push_back({.key = std::string(key), .values = {std::move(value)}, .unknown = false});
}

void add_absent(Context& out, std::string_view key) {
  out.entries.push_back({.key = std::string(key), .values = {}, .unknown = false});
}

// Condition keys that one parameter decides. A parameter that is absent makes the key absent.
struct ParameterKey {
  std::string_view iam_prefix;
  std::string_view key;
  std::string_view path;
};

constexpr auto kParameterKeys = std::to_array<ParameterKey>({
    {"dynamodb", "dynamodb:Select", "Select"},
    {"dynamodb", "dynamodb:ReturnValues", "ReturnValues"},
    {"dynamodb", "dynamodb:ReturnConsumedCapacity", "ReturnConsumedCapacity"},
    {"ec2", "ec2:InstanceType", "InstanceType"},
    {"ec2", "ec2:VolumeType", "VolumeType"},
    {"ec2", "ec2:VolumeSize", "Size"},
    {"ec2", "ec2:MetadataHttpTokens", "MetadataOptions.HttpTokens"},
    {"iam", "iam:PolicyARN", "PolicyArn"},
    {"iam", "iam:PermissionsBoundary", "PermissionsBoundary"},
    {"iam", "iam:AWSServiceName", "AWSServiceName"},
    {"kms", "kms:KeySpec", "KeySpec"},
    {"kms", "kms:KeyUsage", "KeyUsage"},
    {"kms", "kms:ScheduleKeyDeletionPendingWindowInDays", "PendingWindowInDays"},
    {"lambda", "lambda:Principal", "Principal"},
    {"lambda", "lambda:Layer", "Layers[]"},
    {"rds", "rds:DatabaseClass", "DBInstanceClass"},
    {"rds", "rds:DatabaseEngine", "Engine"},
    {"rds", "rds:DatabaseName", "DBName"},
    {"secretsmanager", "secretsmanager:Name", "Name"},
    {"secretsmanager", "secretsmanager:RecoveryWindowInDays", "RecoveryWindowInDays"},
    {"secretsmanager", "secretsmanager:ForceDeleteWithoutRecovery", "ForceDeleteWithoutRecovery"},
    {"secretsmanager", "secretsmanager:VersionStage", "VersionStage"},
    {"sns", "sns:Protocol", "Protocol"},
    {"sns", "sns:Endpoint", "Endpoint"},
    {"ssm", "ssm:Overwrite", "Overwrite"},
    {"sts", "sts:ExternalId", "ExternalId"},
    {"sts", "sts:RoleSessionName", "RoleSessionName"},
    {"sts", "sts:SourceIdentity", "SourceIdentity"},
    {"sts", "sts:DurationSeconds", "DurationSeconds"},
});

void add_parameter_keys(Context& out, const Call& call) {
  const auto prefix = call.operation.service().iam_prefix();
  for (const auto& row : kParameterKeys) {
    if (row.iam_prefix != prefix) continue;
    journey::ContextEntry entry{.key = std::string(row.key), .values = {}, .unknown = false};
    for (auto& hit : walk_path(call.input, row.path)) entry.values.push_back(std::move(hit.text));
    out.entries.push_back(std::move(entry));
  }
}

struct Tag {
  std::string key;
  std::string value;
};

const std::string* first_text(const codec::Value& value,
                              std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    const auto* found = value.find(name);
    if (found != nullptr && found->string() != nullptr) return found->string();
  }
  return nullptr;
}

// A list of {Key, Value} in its spellings, or a map.
void collect_tags(const codec::Value& value, std::vector<Tag>& out) {
  if (const auto* list = value.list()) {
    for (const auto& element : *list) {
      const auto* key = first_text(element, {"Key", "key", "TagKey", "tagKey"});
      const auto* text = first_text(element, {"Value", "value", "TagValue", "tagValue"});
      if (key != nullptr) out.push_back({*key, text == nullptr ? std::string() : *text});
    }
  } else if (const auto* object = value.object()) {
    if (const auto* set = value.find("TagSet")) return collect_tags(*set, out);
    for (const auto& member : *object) {
      if (member.value.string() != nullptr) out.push_back({member.name, *member.value.string()});
    }
  }
}

constexpr auto kTagMembers = std::to_array<std::string_view>(
    {"Tags", "tags", "TagList", "tagList", "TagSet", "Tagging", "ResourceTags"});

constexpr auto kTagKeyMembers =
    std::to_array<std::string_view>({"TagKeys", "tagKeys", "TagKeyList"});

std::vector<Tag> tags_of(const codec::Value& input) {
  std::vector<Tag> tags;
  for (const auto name : kTagMembers) {
    if (const auto* value = input.find(name)) collect_tags(*value, tags);
  }
  if (const auto* specifications = input.find("TagSpecifications");
      specifications && specifications->list()) {
    for (const auto& one : *specifications->list()) {
      if (const auto* inner = one.find("Tags")) collect_tags(*inner, tags);
    }
  }
  return tags;
}

bool names_tags(std::string_view name) {
  for (std::size_t at = 0; at + 3 <= name.size(); ++at) {
    if (name.substr(at, 3) == "tag" || name.substr(at, 3) == "Tag") return true;
  }
  return false;
}

bool is_known_place(std::string_view name) {
  return std::ranges::find(kTagMembers, name) != kTagMembers.end() || name == "TagSpecifications" ||
         std::ranges::find(kTagKeyMembers, name) != kTagKeyMembers.end();
}

// Whether something that looks like tags stands where tags_of does not look. Which of them AWS
// takes for the request's tags is then not known.
bool has_other_tags(const codec::Value& value, bool top) {
  if (const auto* list = value.list()) {
    return std::ranges::any_of(*list,
                               [](const codec::Value& one) { return has_other_tags(one, false); });
  }
  const auto* object = value.object();
  if (object == nullptr) return false;
  return std::ranges::any_of(*object, [&](const codec::Member& member) {
    if (top && is_known_place(member.name)) return false;
    const bool holds = member.value.list() != nullptr || member.value.object() != nullptr;
    return (holds && names_tags(member.name)) || has_other_tags(member.value, false);
  });
}

// aws:RequestTag/<key> for each tag in the request, and aws:TagKeys. What is not listed under
// aws:RequestTag/ is absent, which the entry "aws:RequestTag/*" says.
void add_tags(Context& out, const Call& call) {
  journey::ContextEntry keys{.key = "aws:TagKeys", .values = {}, .unknown = false};
  for (auto& tag : tags_of(call.input)) {
    const auto name = "aws:RequestTag/" + tag.key;
    if (const auto* seen = out.find(name); seen == nullptr) {
      add(out, name, tag.value);
    } else if (seen->values != std::vector{tag.value}) {
      // The same tag with two values in one request: policy must not pick one.
      auto& entry = *std::ranges::find(out.entries, seen->key, &journey::ContextEntry::key);
      entry.values.clear();
      entry.unknown = true;
    }
    if (std::ranges::find(keys.values, tag.key) == keys.values.end())
      keys.values.push_back(std::move(tag.key));
  }
  for (const auto name : kTagKeyMembers) {
    for (auto& hit : walk_path(call.input, std::string(name) + "[]"))
      keys.values.push_back(std::move(hit.text));
  }
  journey::ContextEntry others{.key = "aws:RequestTag/*", .values = {}, .unknown = false};
  if (has_other_tags(call.input, true)) {
    keys.values.clear();
    keys.unknown = others.unknown = true;
  }
  out.entries.push_back(std::move(keys));
  out.entries.push_back(std::move(others));
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

void add_one_or_absent(Context& out, std::string_view key, const Call& call,
                       std::string_view member) {
  journey::ContextEntry entry{.key = std::string(key), .values = {}, .unknown = false};
  for (auto& hit : walk_path(call.input, member)) entry.values.push_back(std::move(hit.text));
  out.entries.push_back(std::move(entry));
}

// S3's own keys repeat header and query parameters under their wire names.
void add_s3(Context& out, const Call& call) {
  add_one_or_absent(out, "s3:prefix", call, "Prefix");
  add_one_or_absent(out, "s3:delimiter", call, "Delimiter");
  add_one_or_absent(out, "s3:max-keys", call, "MaxKeys");
  add_one_or_absent(out, "s3:versionid", call, "VersionId");
  add(out, "s3:signatureversion", "AWS4-HMAC-SHA256");
  add(out, "s3:authType", "REST-HEADER");
  const auto shape = call.operation.input();
  for (std::uint32_t at = 0; shape && at < shape->member_count(); ++at) {
    const auto member = shape->member(at);
    if (member.location() != catalog::Location::kHeader) continue;
    const auto wire = lowered(member.wire_name());
    if (wire.starts_with("x-amz-")) add_one_or_absent(out, "s3:" + wire, call, member.name());
  }
  const auto* tagging = call.input.find("Tagging");
  if (tagging == nullptr) return;
  journey::ContextEntry keys{.key = "s3:RequestObjectTagKeys", .values = {}, .unknown = false};
  std::vector<Tag> tags;
  if (tagging->string() != nullptr) {
    const auto pairs = codec::parse_form(*tagging->string());
    if (!pairs) keys.unknown = true;
    for (std::size_t at = 0; pairs && at < pairs->size(); ++at)
      tags.push_back({(*pairs)[at].name, (*pairs)[at].value});
  } else {
    collect_tags(*tagging, tags);
  }
  for (auto& tag : tags) {
    add(out, "s3:RequestObjectTag/" + tag.key, tag.value);
    keys.values.push_back(std::move(tag.key));
  }
  out.entries.push_back(std::move(keys));
}

// The partition key's value of every item named, where the key has one attribute. With a sort key,
// which of the two attributes is the partition key is the table's to say: unknown.
void add_dynamodb(Context& out, const Call& call) {
  journey::ContextEntry leading{.key = "dynamodb:LeadingKeys", .values = {}, .unknown = true};
  const auto* key = call.input.find("Key");
  if (key != nullptr && key->object() != nullptr && key->object()->size() == 1) {
    const auto* attribute = (*key->object())[0].value.object();
    if (attribute != nullptr && attribute->size() == 1 &&
        (*attribute)[0].value.string() != nullptr) {
      leading.unknown = false;
      leading.values.push_back(*(*attribute)[0].value.string());
    }
  }
  out.entries.push_back(std::move(leading));
}

std::string_view address_of(std::string_view peer) {
  const auto colon = peer.rfind(':');
  auto address = colon == std::string_view::npos ? peer : peer.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  return address;
}

}  // namespace

Context context_of(const Call& call, const Surroundings& surroundings) {
  Context out;
  out.entries.reserve(24);
  add(out, "aws:RequestedRegion", call.region);
  add(out, "aws:SecureTransport", surroundings.tls ? "true" : "false");
  if (surroundings.user_agent.empty()) {
    add_absent(out, "aws:UserAgent");
  } else {
    add(out, "aws:UserAgent", std::string(surroundings.user_agent));
  }
  add(out, "aws:SourceIp", std::string(address_of(surroundings.peer)));
  add(out, "aws:CurrentTime", rfc3339(surroundings.now).substr(0, 19) + "Z");
  add(out, "aws:EpochTime",
      std::to_string(
          std::chrono::floor<std::chrono::seconds>(surroundings.now).time_since_epoch().count()));
  add_absent(out, "aws:SourceArn");
  add_absent(out, "aws:SourceAccount");
  add_absent(out, "aws:SourceVpc");
  add_absent(out, "aws:SourceVpce");
  add_tags(out, call);
  const auto prefix = call.operation.service().iam_prefix();
  if (prefix == "s3") add_s3(out, call);
  if (prefix == "dynamodb") add_dynamodb(out, call);
  add_parameter_keys(out, call);
  return out;
}

}  // namespace strait::wire
