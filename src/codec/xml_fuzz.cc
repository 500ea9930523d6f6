// SPDX-License-Identifier: Apache-2.0
// What is accepted and has no namespaces comes back unchanged through the writer.
#include <cstdlib>

#include "codec/xml.h"

using strait::codec::XmlElement;

namespace {

bool has_namespace(const XmlElement& element) {
  if (!element.ns.empty() || !element.prefix.empty()) return true;
  for (const auto& attribute : element.attributes) {
    if (!attribute.prefix.empty()) return true;
  }
  for (const auto& child : element.children) {
    if (has_namespace(child)) return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto element = strait::codec::parse_xml({reinterpret_cast<const char*>(data), size});
  if (!element || has_namespace(*element)) return 0;
  std::string again;
  strait::codec::XmlWriter(again).element(*element);
  const auto reread = strait::codec::parse_xml(again);
  if (!reread || *reread != *element) std::abort();
  return 0;
}
