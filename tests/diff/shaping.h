// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "catalog/catalog.h"
#include "codec/value.h"
#include "diff/loose_text.h"
#include "diff/personality.h"
#include "diff/tree.h"

// Loose documents as typed values, by the shapes of the catalog. What the model does not know is
// passed over, and what does not fit becomes something: nobody here refuses anything.
namespace strait::diff {

enum class Part : std::uint8_t { kAll, kBody };  // of a structure: the members bound to no place

codec::Value from_text(std::string_view text, catalog::Shape shape);
codec::Value from_tree(const Tree& tree, catalog::Shape shape, const Personality& who, bool cbor,
                       Part part = Part::kAll);
codec::Value document_of(const Tree& tree);
codec::Value from_xml(const Element& element, catalog::Shape shape, const Personality& who,
                      Part part = Part::kAll);
codec::Value from_form(const Pairs& pairs, catalog::Shape shape, const Personality& who, bool ec2);

bool same_name(std::string_view given, std::string_view modelled, const Personality& who);

// Equal but for the order of members and what doubles and their printing lose.
bool same_value(const codec::Value& a, const codec::Value& b, const Personality& who);

}  // namespace strait::diff
