// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "desk/request.h"

// The part of a request that the store keeps as JSON: what people read and nothing queries. Pure.
namespace strait::desk {

std::string write_details(const Request& request);
Status read_details(std::string_view json,
                    Request& request);  // kInternal: not what write_details() writes

std::string write_texts(const std::vector<std::string>& texts);
std::vector<std::string> read_texts(std::string_view json);  // empty when it is no list of strings

}  // namespace strait::desk
