// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "codec/uri.h"
#include "codec/value.h"
#include "journey/http.h"
#include "wire/recognise.h"

// The members of a REST operation that stand in the path, the query string and the headers.
namespace strait::wire {

// Appends those members to `input`, in model order. Every query key and every x-amz-* header must
// be explained by the model, the URI's literals or the fixed list of transport headers.
// Content-Length, and Content-MD5 of a body that is read whole, are the transport's and never
// members of the input.
Status read_bindings(const Recognition& recognised, const journey::Headers& headers,
                     codec::Object& input);

struct BoundRequest {
  std::string path;                     // "/bucket/a%20b"
  std::vector<codec::QueryPair> query;  // literals of the URI first
  journey::Headers headers;
};
Result<BoundRequest> write_bindings(catalog::Operation operation, const codec::Value& input);

// Whether a member of the operation's input is bound to the header of that lower-case name.
bool models_header(catalog::Operation operation, std::string_view lower_name);

// Whether the operation's body is the stream of its payload member.
bool streams_input(catalog::Operation operation);

}  // namespace strait::wire
