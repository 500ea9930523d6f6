// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/model.h"

#include <fmt/format.h>

#include <algorithm>

#include "catalog/catalog.h"
#include "catalog/compiler/shapes.h"
#include "codec/json.h"

namespace strait::catalog::compiler {
namespace {

using codec::Value;

void deep_merge(Value& base, const Value& extra) {
  auto* members = base.object();
  const auto* additions = extra.object();
  if (!members || !additions) {
    base = extra;
    return;
  }
  for (const auto& addition : *additions) {
    const auto known = std::ranges::find(*members, addition.name, &codec::Member::name);
    if (known == members->end())
      members->push_back(addition);
    else
      deep_merge(known->value, addition.value);
  }
}

Result<Protocol> protocol_named(std::string_view name, std::string_view json_version) {
  if (name == "json") return json_version == "1.0" ? Protocol::kJson10 : Protocol::kJson11;
  if (name == "query") return Protocol::kQuery;
  if (name == "ec2") return Protocol::kEc2;
  if (name == "rest-json") return Protocol::kRestJson;
  if (name == "rest-xml") return Protocol::kRestXml;
  if (name == "smithy-rpc-v2-cbor") return Protocol::kRpcV2Cbor;
  return fail(ErrorCode::kInvalidConfiguration,
              "protocol " + quoted(name) + " is not one that Strait speaks");
}

Status add_protocols(format::Service& service, const Value& metadata) {
  const auto json_version = text_of(metadata, "jsonVersion");
  const auto add = [&](std::string_view name) -> Status {
    TRY(const auto protocol, protocol_named(name, json_version));
    const auto code = static_cast<std::uint8_t>(protocol);
    const auto end = service.protocols.begin() + service.protocol_count;
    if (std::find(service.protocols.begin(), end, code) == end)
      service.protocols[service.protocol_count++] = code;
    return {};
  };
  CHECK_OK(add(text_of(metadata, "protocol")));
  if (const auto* list = metadata.find("protocols"); list && list->list()) {
    for (const auto& item : *list->list()) {
      if (item.string()) CHECK_OK(add(*item.string()));
    }
  }
  return {};
}

// `auth` lists what the operation takes, best first; the older `authtype` says it in one word.
bool unsigned_operation(const Value& operation) {
  if (text_of(operation, "authtype") == "none") return true;
  const auto* auth = operation.find("auth");
  if (!auth || !auth->list() || auth->list()->empty()) return false;
  const auto* first = auth->list()->front().string();
  return first && *first == "smithy.api#noAuth";
}

std::uint16_t flags_of(const Value& operation) {
  std::uint16_t flags = 0;
  if (unsigned_operation(operation)) flags |= format::kNoAuth;
  if (text_of(operation, "authtype") == "v4-unsigned-body" ||
      flag_of(operation, "unsignedPayload")) {
    flags |= format::kUnsignedPayload;
  }
  if (flag_of(operation, "deprecated")) flags |= format::kDeprecated;
  if (operation.find("requestcompression")) flags |= format::kRequestCompression;
  if (flag_of(operation, "readonly")) flags |= format::kReadOnly;
  if (flag_of(operation, "httpChecksumRequired")) flags |= format::kChecksumRequired;
  if (const auto* checksum = operation.find("httpChecksum");
      checksum && flag_of(*checksum, "requestChecksumRequired")) {
    flags |= format::kChecksumRequired;
  }
  return flags;
}

void add_input(Writer& pack, const Shapes& shapes, const Value& input, format::Operation& out) {
  out.input = shapes.index(text_of(input, "shape"));
  out.input_payload = pack.str(shapes.payload(text_of(input, "shape")));
  out.input_root = pack.str(text_of(input, "locationName"));
  if (const auto* space = input.find("xmlNamespace"))
    out.input_xml_namespace = pack.str(text_of(*space, "uri"));
}

Result<format::Operation> operation_from(Writer& pack, const Shapes& shapes,
                                         const std::string& name, const Value& model) {
  format::Operation out;
  out.name = pack.str(name);
  const auto* http = model.find("http");
  if (!http)
    return fail(ErrorCode::kInvalidConfiguration,
                "operation " + quoted(name) + " has no http trait");
  out.method = pack.str(text_of(*http, "method"));
  out.uri = pack.str(text_of(*http, "requestUri"));
  if (const auto* input = model.find("input")) {
    add_input(pack, shapes, *input, out);
    if (out.input == format::kNone)
      return fail(ErrorCode::kInvalidConfiguration,
                  "operation " + quoted(name) + " has an unknown input shape");
  }
  if (const auto* output = model.find("output")) {
    out.output = shapes.index(text_of(*output, "shape"));
    out.output_payload = pack.str(shapes.payload(text_of(*output, "shape")));
    out.result_wrapper = pack.str(text_of(*output, "resultWrapper"));
    if (out.output == format::kNone)
      return fail(ErrorCode::kInvalidConfiguration,
                  "operation " + quoted(name) + " has an unknown output shape");
  }
  if (const auto* endpoint = model.find("endpoint"))
    out.host_prefix = pack.str(text_of(*endpoint, "hostPrefix"));
  if (const auto* checksum = model.find("httpChecksum"))
    out.checksum_member = pack.str(text_of(*checksum, "requestAlgorithmMember"));
  const auto first = pack.errors.size();
  if (const auto* errors = model.find("errors"); errors && errors->list()) {
    for (const auto& error : *errors->list()) {
      const auto shape = shapes.index(text_of(error, "shape"));
      if (shape != format::kNone) pack.errors.push_back(shape);
    }
  }
  out.errors = Writer::run(first, pack.errors.size());
  out.flags = flags_of(model);
  return out;
}

Status add_operations(Writer& pack, const Shapes& shapes, const Value& model,
                      format::Service& service) {
  const auto* list = model.find("operations");
  if (!list || !list->object())
    return fail(ErrorCode::kInvalidConfiguration, "the model has no operations");
  std::vector<const codec::Member*> sorted;
  for (const auto& member : *list->object()) sorted.push_back(&member);
  std::ranges::sort(sorted, {},
                    [](const codec::Member* member) -> std::string_view { return member->name; });
  const auto first = pack.operations.size();
  for (const auto* member : sorted) {
    TRY(auto operation, operation_from(pack, shapes, member->name, member->value));
    operation.service = static_cast<format::Index>(pack.services.size());
    operation.signing_name = service.signing_name;
    pack.operations.push_back(operation);
  }
  service.operations = Writer::run(first, pack.operations.size());
  return {};
}

Status add_whole(Writer& pack, const ModelSource& source, const Value& model) {
  const auto* metadata = model.find("metadata");
  if (!metadata) return fail(ErrorCode::kInvalidConfiguration, "the model has no metadata");
  format::Service service;
  service.name = pack.str(source.name);
  service.service_id = pack.str(text_of(*metadata, "serviceId"));
  service.api_version = pack.str(text_of(*metadata, "apiVersion"));
  service.endpoint_prefix = pack.str(text_of(*metadata, "endpointPrefix"));
  const auto signing = text_of(*metadata, "signingName");
  service.signing_name = signing.empty() ? service.endpoint_prefix : pack.str(signing);
  service.target_prefix = pack.str(text_of(*metadata, "targetPrefix"));
  service.iam_prefix = service.signing_name;
  const auto* space = metadata->find("xmlNamespace");
  service.xml_namespace = pack.str(space && space->object() ? text_of(*space, "uri")
                                                            : text_of(*metadata, "xmlNamespace"));
  if (metadata->find("awsQueryCompatible")) service.flags |= format::kQueryCompatible;
  CHECK_OK(add_protocols(service, *metadata));
  pack.first_shapes.push_back(static_cast<format::Index>(pack.shapes.size()));
  TRY(const auto shapes, Shapes::add(pack, model));
  CHECK_OK(add_operations(pack, shapes, model, service));
  pack.services.push_back(service);
  return {};
}

}  // namespace

std::string_view text_of(const Value& object, std::string_view name) {
  const auto* member = object.find(name);
  const auto* text = member ? member->string() : nullptr;
  return text ? std::string_view(*text) : std::string_view{};
}

bool flag_of(const Value& object, std::string_view name) {
  const auto* member = object.find(name);
  const auto* flag = member ? member->boolean() : nullptr;
  return flag && *flag;
}

Result<Value> parse_model(const ModelSource& source) {
  TRY(auto model, codec::parse_json(source.service));
  if (source.extras.empty()) return model;
  TRY(const auto extras, codec::parse_json(source.extras));
  if (const auto* merge = extras.find("merge")) deep_merge(model, *merge);
  return model;
}

Status add_service(Writer& pack, const ModelSource& source, const Value& model) {
  auto added = add_whole(pack, source, model);
  if (!added) {
    return fail(added.error().code,
                fmt::format("model of {}: {}", source.name, added.error().message));
  }
  return {};
}

}  // namespace strait::catalog::compiler
