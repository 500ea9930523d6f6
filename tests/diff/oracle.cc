// SPDX-License-Identifier: Apache-2.0
#include "diff/oracle.h"

#include <algorithm>

#include "codec/json.h"
#include "diff/shaping.h"
#include "wire/encode.h"
#include "wire/parser.h"
#include "wire/upstream_target.h"

namespace strait::diff {
namespace {

std::string name_of(catalog::Operation operation) {
  return std::string(operation.service().name()) + ":" + std::string(operation.name());
}

std::string printed(const codec::Value& value) {
  std::string out;
  codec::write_json(out, value);
  return out.substr(0, 2000);
}

// The recorded input, with what has a syntax of its own by its meaning.
codec::Value recorded(const journey::Call& call) {
  auto input = call.input;
  const auto shape = call.operation.input();
  for (auto& member : *input.object()) {
    const auto modelled = shape ? shape->member(member.name) : std::nullopt;
    const auto* text = member.value.string();
    if (!modelled || text == nullptr || modelled->location() != catalog::Location::kHeader)
      continue;
    const auto name = folded(modelled->wire_name());
    if (name == "x-amz-copy-source")
      member.value = codec::Value(copy_source_meaning(std::string(*text), false));
    if (name == "x-amz-tagging")
      member.value =
          codec::Value(tagging_meaning(std::string(*text), Personality{.name = "plain"}));
  }
  return input;
}

Verdict refused(const Error& error) {
  return {error.code == ErrorCode::kInternal ? Verdict::kBroken : Verdict::kRefused,
          error.message + (error.detail.empty() ? "" : " (" + error.detail + ")")};
}

Sent sent_of(const journey::UnsignedRequest& request, std::vector<catalog::Service> services,
             std::string path_prefix) {
  Sent sent{std::move(services),       std::move(path_prefix), request.head.method,
            request.head.target,       request.body,           {},
            request.stream.has_value()};
  for (const auto& [name, value] : request.head.headers.fields())
    sent.headers.emplace_back(name, value);
  return sent;
}

// Who answers at the host and takes a signature for that name. "maps.geo" is an endpoint of
// geo-maps, and a prefix of location's before its own. S3 itself answers at a host of Outposts only
// behind the name of an access point.
std::vector<catalog::Service> services_at(const catalog::Catalog& catalog,
                                          const journey::Call& call,
                                          const wire::UpstreamTarget& target) {
  using catalog::HostKind;
  std::vector<catalog::Service> out;
  const auto add = [&](const std::optional<catalog::Endpoint>& endpoint) {
    if (!endpoint) return;
    const bool bare = endpoint->kind == HostKind::kOutposts && endpoint->label.empty();
    for (const auto service : endpoint->services) {
      const auto signs_so = [&](HostKind kind) {
        const auto known = catalog.target(service, call.region, {}, kind);
        return known && known->signing_name == target.signing_name;
      };
      const bool there = signs_so(endpoint->kind) && !(bare && service.name() == "s3");
      if (there || signs_so(HostKind::kPlain)) out.push_back(service);
    }
  };
  add(catalog.endpoint(target.host));
  const auto prefix = call.operation.host_prefix();
  if (!prefix.empty() && target.host.starts_with(prefix))
    add(catalog.endpoint(std::string_view(target.host).substr(prefix.size())));
  return out;
}

// What one personality made of it: "" when that is the call.
std::string difference(const journey::Call& call, const codec::Value& input,
                       const std::vector<Reading>& readings, const Personality& who) {
  const Reading* same = nullptr;
  for (const auto& reading : readings) {
    // rds, docdb and neptune are one API at one host; so are signer and signer-data.
    if (same == nullptr || reading.operation == call.operation) same = &reading;
    if (reading.operation.name() != call.operation.name() &&
        std::ranges::find(call.also, reading.operation) == call.also.end())
      return "it is " + name_of(reading.operation);
  }
  if (same == nullptr) return "it is no operation";
  if (!same_value(input, same->input, who)) return "its input is " + printed(same->input);
  return {};
}

}  // namespace

Verdict Oracle::compare(const journey::Call& call, const journey::UnsignedRequest& request,
                        std::vector<catalog::Service> services, std::string path_prefix) {
  const auto sent = sent_of(request, std::move(services), std::move(path_prefix));
  const auto input = recorded(call);
  for (const auto& who : personalities()) {
    const auto what = difference(call, input, reader_.read(sent, who), who);
    if (what.empty()) continue;
    return {Verdict::kViolated, "to a reader of `" + std::string(who.name) + "` " + what +
                                    "\n  recorded: " + name_of(call.operation) + " " +
                                    printed(input) + "\n  sent: " + sent.method + " " +
                                    sent.target};
  }
  return {Verdict::kHeld, {}};
}

Verdict Oracle::judge(const wire::RequestView& view) {
  const auto call = wire::read_call(view, catalog_, "123456789012", {});
  if (!call) return refused(call.error());
  auto request = wire::Serializer::serialize(*call);
  if (!request) return refused(request.error());
  if (const auto same = wire::check_round_trip(*call, *request); !same)
    return refused(same.error());
  const auto target = wire::upstream_target(*call);
  if (!target) return refused(target.error());
  if (tamper_) tamper_(*request);
  const auto known = catalog_->target(call->operation.service(), call->region);
  return compare(*call, *request, services_at(*catalog_, *call, *target),
                 known ? std::string(known->path_prefix) : std::string());
}

}  // namespace strait::diff
