// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>

#include "diff/chance.h"
#include "diff/raw_request.h"

// Real requests, bent where readers are known to disagree.
namespace strait::diff {

// A mutation or two of one of `seeds`; sometimes none. What comes out is HTTP, if not AWS's.
RawRequest mutated(std::span<const RawRequest> seeds, Chance& chance);

// Of bodies, by their form. `text` is as it came; what cannot be bent so stays.
void bend_json(std::string& text, Chance& chance);
void bend_xml(std::string& text, Chance& chance);
void bend_pairs(std::string& text, Chance& chance);  // of a form or a query string
void bend_cbor(std::string& bytes, Chance& chance);
void bend_bytes(std::string& text, Chance& chance);

// Letters of the other case, here and there; another escape of a letter.
std::string other_case(std::string_view text, Chance& chance);
void escape_a_letter(std::string& text, std::string_view letters_from, Chance& chance);

}  // namespace strait::diff
