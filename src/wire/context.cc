// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <chrono>

#include "base/ascii.h"
#include "base/time.h"
#include "codec/uri.h"
#include "wire/input_path.h"
#include "wire/key_text.h"
#include "wire/needs.h"
#include "wire/request_tags.h"

namespace strait::wire {
namespace {

using journey::Call;
using journey::ContextEntry;
using Entries = std::vector<ContextEntry>;

void add(Entries& out, std::string_view key, std::string value) {
  out.push_back({.key = std::string(key), .values = {std::move(value)}, .unknown = false});
}

// The key of everything at `path`; absent when nothing is there.
void add_from_input(Entries& out, std::string_view key, const Call& call, std::string_view path) {
  ContextEntry entry{.key = std::string(key), .values = {}, .unknown = false};
  for (auto& hit : walk_path(call.input, path)) entry.values.push_back(std::move(hit.text));
  out.push_back(std::move(entry));
}

void add_object_tags(Entries& out, const codec::Value& tagging) {
  ContextEntry keys{.key = "s3:RequestObjectTagKeys", .values = {}, .unknown = false};
  std::vector<Tag> tags;
  if (tagging.string() != nullptr) {
    const auto pairs = codec::parse_form(*tagging.string());
    if (!pairs) keys.unknown = true;
    for (std::size_t at = 0; pairs && at < pairs->size(); ++at)
      tags.push_back({(*pairs)[at].name, (*pairs)[at].value});
  } else {
    collect_tags(tagging, tags);
  }
  for (auto& tag : tags) {
    add(out, "s3:RequestObjectTag/" + tag.key, tag.value);
    keys.values.push_back(std::move(tag.key));
  }
  out.push_back(std::move(keys));
}

// S3's own keys repeat header and query parameters under their wire names.
void add_s3(Entries& out, const Call& call) {
  add_from_input(out, "s3:prefix", call, "Prefix");
  add_from_input(out, "s3:delimiter", call, "Delimiter");
  add_from_input(out, "s3:max-keys", call, "MaxKeys");
  add_from_input(out, "s3:versionid", call, "VersionId");
  add(out, "s3:signatureversion", "AWS4-HMAC-SHA256");
  add(out, "s3:authType", "REST-HEADER");
  const auto shape = call.operation.input();
  for (std::uint32_t at = 0; shape && at < shape->member_count(); ++at) {
    const auto member = shape->member(at);
    if (member.location() != catalog::Location::kHeader) continue;
    const auto wire = lowered(member.wire_name());
    if (wire.starts_with("x-amz-")) add_from_input(out, "s3:" + wire, call, member.name());
  }
  if (const auto* tagging = call.input.find("Tagging")) add_object_tags(out, *tagging);
}

// The partition key's value of every item named, where the key has one attribute. With a sort key,
// which of the two attributes is the partition key is the table's to say: unknown.
void add_leading_keys(Entries& out, const Call& call) {
  ContextEntry leading{.key = "dynamodb:LeadingKeys", .values = {}, .unknown = true};
  const auto* key = call.input.find("Key");
  if (key != nullptr && key->object() != nullptr && key->object()->size() == 1) {
    const auto* attribute = (*key->object())[0].value.object();
    if (attribute != nullptr && attribute->size() == 1 &&
        (*attribute)[0].value.string() != nullptr) {
      leading.unknown = false;
      leading.values.push_back(*(*attribute)[0].value.string());
    }
  }
  out.push_back(std::move(leading));
}

// KMS judges the encryption context key by key, and the set of its keys. Names that differ in case
// only are one condition key.
void add_encryption_context(Entries& out, const Call& call, std::string_view key) {
  constexpr std::string_view kFamily = "kms:EncryptionContext:";
  const auto shape = call.operation.input();
  if (!shape || !shape->member("EncryptionContext")) return;  // ReEncrypt has two: unknown
  ContextEntry entry{.key = std::string(key), .values = {}, .unknown = false};
  const auto* map = call.input.find("EncryptionContext");
  const auto* pairs = map == nullptr ? nullptr : map->object();
  const bool one = key_begins(key, kFamily);
  for (std::size_t at = 0; pairs != nullptr && at < pairs->size(); ++at) {
    const auto& pair = (*pairs)[at];
    if (!one) {
      entry.values.push_back(pair.name);
    } else if (pair.value.string() != nullptr && same_key(pair.name, key.substr(kFamily.size()))) {
      entry.unknown = !entry.values.empty();
      entry.values.push_back(*pair.value.string());
    }
  }
  if (entry.unknown) entry.values.clear();
  out.push_back(std::move(entry));
}

std::string_view address_of(std::string_view peer) {
  const auto colon = peer.rfind(':');
  auto address = colon == std::string_view::npos ? peer : peer.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  return address;
}

constexpr auto kNeverThere = std::to_array<std::string_view>(
    {"aws:SourceArn", "aws:SourceAccount", "aws:SourceVpc", "aws:SourceVpce"});

// The keys that every request decides. nullptr, and nothing added: `key` is none of them.
const std::string* request_value(const Call& call, std::string_view key, Entries& out) {
  const auto& context = call.context;
  if (same_key(key, "aws:RequestedRegion")) return &call.region;
  if (same_key(key, "aws:SourceIp")) return &context.source_ip;
  if (same_key(key, "aws:UserAgent")) {
    if (!call.user_agent.empty()) return &call.user_agent;
    out.push_back({.key = "aws:UserAgent", .values = {}, .unknown = false});
  } else if (same_key(key, "aws:SecureTransport")) {
    add(out, key, context.tls ? "true" : "false");
  } else if (same_key(key, "aws:CurrentTime")) {
    add(out, key, rfc3339(context.at).substr(0, 19) + "Z");
  } else if (same_key(key, "aws:EpochTime")) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(context.at);
    add(out, key, std::to_string(seconds.time_since_epoch().count()));
  } else if (std::ranges::any_of(kNeverThere, [&](auto name) { return same_key(key, name); })) {
    out.push_back({.key = std::string(key), .values = {}, .unknown = false});
  }
  return nullptr;
}

bool holds(const Entries& entries, std::string_view key) {
  return std::ranges::find(entries, key, &ContextEntry::key) != entries.end();
}

const std::string* answer(const Call& call, std::string_view key, Entries& out) {
  if (key_begins(key, "aws:")) {
    const bool of_tags = key_begins(key, "aws:RequestTag/") || same_key(key, "aws:TagKeys");
    if (!of_tags) return request_value(call, key, out);
    // All of them at once, because they stand together; the last of them tells that it was done.
    if (!holds(out, "aws:TagKeys")) add_request_tags(call.input, out);
    return nullptr;
  }
  const auto prefix = call.operation.service().iam_prefix();
  if (prefix == "s3" && key_begins(key, "s3:")) {
    if (!holds(out, "s3:authType")) add_s3(out, call);
    return nullptr;
  }
  if (prefix == "dynamodb" && same_key(key, "dynamodb:LeadingKeys")) {
    add_leading_keys(out, call);
    return nullptr;
  }
  if (prefix == "kms" &&
      (key_begins(key, "kms:EncryptionContext:") || same_key(key, "kms:EncryptionContextKeys"))) {
    add_encryption_context(out, call, key);
    return nullptr;
  }
  for (const auto& row : call.operation.context_keys()) {
    if (!same_key(key, row.key)) continue;
    const bool unknown = !row.absent && walk_path(call.input, row.path).empty();
    if (!unknown) add_from_input(out, row.key, call, row.path);
  }
  return nullptr;
}

}  // namespace

journey::Context context_of(const Surroundings& surroundings) {
  journey::Context context;
  context.source = answer;
  context.at = surroundings.now;
  context.source_ip = address_of(surroundings.peer);
  context.tls = surroundings.tls;
  return context;
}

}  // namespace strait::wire
