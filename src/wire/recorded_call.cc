// SPDX-License-Identifier: Apache-2.0
#include "wire/recorded_call.h"

#include <algorithm>

#include "codec/json.h"
#include "wire/bindings.h"
#include "wire/document_input.h"
#include "wire/needs.h"

namespace strait::wire {
namespace {

using catalog::Protocol;
using catalog::Shape;
using catalog::ShapeKind;

Result<Protocol> protocol_named(std::string_view text) {
  for (const auto protocol :
       {Protocol::kJson10, Protocol::kJson11, Protocol::kQuery, Protocol::kEc2, Protocol::kRestJson,
        Protocol::kRestXml, Protocol::kRpcV2Cbor}) {
    if (catalog::name(protocol) == text) return protocol;
  }
  return fail(ErrorCode::kMalformedRequest, "there is no protocol " + quoted(text));
}

// Takes out the members that the recorder covered: their marker is text, whatever they are.
class Uncovering {
 public:
  bool found() const { return found_; }

  void run(codec::Value& value, Shape shape) {
    switch (shape.kind()) {
      case ShapeKind::kStructure: return members(value, shape);
      case ShapeKind::kMap:
        if (auto* entries = value.object()) {
          for (auto& entry : *entries) run(entry.value, shape.value().shape());
        }
        return;
      case ShapeKind::kList:
        if (auto* elements = value.list()) {
          for (auto& element : *elements) run(element, shape.element().shape());
        }
        return;
      default: return;
    }
  }

 private:
  void members(codec::Value& value, Shape shape) {
    auto* object = value.object();
    if (object == nullptr) return;
    const auto covered = [&](const codec::Member& each) {
      const auto member = shape.member(each.name);
      return member && is_covered(each.value, *member);
    };
    if (std::erase_if(*object, covered) > 0) found_ = true;
    for (auto& each : *object) {
      if (const auto member = shape.member(each.name)) run(each.value, member->shape());
    }
  }

  static bool is_covered(const codec::Value& value, const catalog::Member& member) {
    if (member.sensitive()) return true;
    // Lists and maps of what is sensitive are covered element by element.
    const auto shape = member.shape();
    if (shape.kind() == ShapeKind::kList && value.list() != nullptr)
      return shape.element().sensitive();
    if (shape.kind() == ShapeKind::kMap && value.object() != nullptr)
      return shape.value().sensitive();
    return false;
  }

  bool found_ = false;
};

Result<codec::Value> read_input(const RecordedCall& recorded, catalog::Operation operation,
                                bool& covered) {
  TRY(auto input, codec::parse_json(*recorded.input_json));
  const auto shape = operation.input();
  if (!shape) return codec::Value(codec::Object());
  Uncovering uncovering;
  uncovering.run(input, *shape);
  covered = uncovering.found();
  CHECK_OK(
      type_value(input, *shape, catalog::TimestampFormat::kUnset, Dialect::kRecord, MemberPath()));
  return input;
}

}  // namespace

Result<Recalled> recall(const RecordedCall& recorded,
                        std::shared_ptr<const catalog::Catalog> catalog) {
  const auto service = catalog->service(recorded.service);
  if (!service) {
    return fail(ErrorCode::kUnknownService,
                "the catalog has no service " + quoted(recorded.service));
  }
  const auto operation = service->operation(recorded.operation);
  if (!operation) {
    return fail(ErrorCode::kUnknownOperation,
                quoted(recorded.service) + " has no operation " + quoted(recorded.operation));
  }
  TRY(const auto protocol, protocol_named(recorded.protocol));
  Recalled out{.call = {.catalog = std::move(catalog), .operation = *operation}};
  auto& call = out.call;
  call.protocol = protocol;
  call.partition = recorded.partition;
  call.region = recorded.region;
  call.account = recorded.account;
  call.host = recorded.host;
  call.user_agent = recorded.agent;
  if (!recorded.input_json) return out;
  TRY(call.input, read_input(recorded, *operation, out.covered));
  if (streams_input(*operation)) {
    call.payload = journey::Payload::kStreamed;
    call.stream = journey::Stream{.member = std::string(operation->input_payload())};
  }
  TRY(call.needs, needs_of(call));
  call.context = context_of({.now = recorded.at, .peer = recorded.peer});
  // The record does not say whether the agent came by TLS.
  call.context.entries.push_back({.key = "aws:SecureTransport", .values = {}, .unknown = true});
  return out;
}

}  // namespace strait::wire
