// SPDX-License-Identifier: Apache-2.0
// A pack with a seal that fits and anything inside: it is refused, or every handle and look-up on
// it stays in bounds.
#include <cstring>
#include <string>

#include "catalog/catalog.h"
#include "catalog/format.h"
#include "crypto/sha256.h"

namespace {

using namespace strait::catalog;

std::size_t walk(const Shape& shape, unsigned depth) {
  std::size_t seen = shape.name().size() + shape.error_code().size() + shape.location_name().size();
  if (depth == 0) return seen;
  for (std::uint32_t at = 0; at < shape.member_count(); ++at) {
    const auto member = shape.member(at);
    seen += member.wire_name().size() + member.query_name().size() + member.xml_prefix().size() +
            shape.member(member.name()).has_value();
    seen +=
        shape.member_by_wire_name(member.wire_name()).has_value() + walk(member.shape(), depth - 1);
  }
  if (shape.kind() == ShapeKind::kList) seen += walk(shape.element().shape(), depth - 1);
  if (shape.kind() == ShapeKind::kMap)
    seen += walk(shape.key().shape(), depth - 1) + walk(shape.value().shape(), depth - 1);
  return seen;
}

std::size_t walk(const Operation& operation) {
  std::size_t seen = operation.name().size() + operation.uri().size();
  if (operation.input()) seen += walk(*operation.input(), 3);
  if (operation.output()) seen += walk(*operation.output(), 3);
  for (const auto& row : operation.actions()) seen += row.action.size() + row.resources.size();
  return seen + operation.secrets().size() + operation.unmasked().size() +
         operation.error_shapes().size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string pack(reinterpret_cast<const char*>(data), size);
  const auto bytes = static_cast<std::uint32_t>(pack.size() + format::kSealBytes);
  if (pack.size() >= sizeof(format::Header))
    std::memcpy(pack.data() + offsetof(format::Header, bytes), &bytes, sizeof bytes);
  pack += strait::crypto::view(strait::crypto::sha256(pack));
  const auto catalog = Catalog::load(std::as_bytes(std::span(pack)));
  if (!catalog) return 0;
  std::size_t seen = (*catalog)->version().size();
  for (std::uint32_t at = 0; at < (*catalog)->service_count(); ++at) {
    const auto service = (*catalog)->service(at);
    for (std::uint32_t op = 0; op < service.operation_count(); ++op)
      seen += walk(service.operation(op));
    const std::string_view segments[] = {"a", "b%2F", "c"};
    const std::pair<std::string_view, std::string_view> query[] = {{"page", "1"}, {"tags", ""}};
    for (const auto method : {"GET", "PUT"})
      seen += (*catalog)->routes(service, method, segments, query).size();
    const auto target = (*catalog)->target(service, "eu-west-1");
    if (target && (*catalog)->endpoint(target->host)) ++seen;
  }
  return seen == 0xffffffff ? 1 : 0;
}
