// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/result.h"
#include "catalog/catalog.h"
#include "codec/value.h"
#include "codec/xml.h"
#include "wire/document_input.h"
#include "wire/member_path.h"

// rest-xml bodies to typed values and back, by Smithy's xml traits as botocore models them. Unknown
// elements and attributes, text where children belong, a singleton twice and foreign namespaces are
// refused.
namespace strait::wire {

// The structure that `element` holds. `ns` is the namespace of the body; an element has it, none,
// or its member's own.
Result<codec::Value> read_xml_structure(const codec::XmlElement& element, catalog::Shape shape,
                                        std::string_view ns, const MemberPath& path,
                                        Extent extent = Extent::kAll);

// Appends the element `name` with `value`, a structure of `shape`. `ns` goes on it as xmlns when
// not empty.
Status write_xml_structure(codec::XmlWriter& xml, std::string_view name, const codec::Value& value,
                           catalog::Shape shape, std::string_view ns, Extent extent = Extent::kAll);

}  // namespace strait::wire
