// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diff/loose_text.h"
#include "journey/http.h"
#include "wire/request_view.h"

namespace strait::diff {

// A request as an agent sends it, after HTTP's own grammar has been seen to.
struct RawRequest {
  std::string method, host, target, body;
  Pairs headers;  // names in lower case

  journey::Headers head() const;  // for view(); must outlive it
  wire::RequestView view(const journey::Headers& head) const;
  std::string text() const;  // "METHOD target", header lines, an empty line, the body
};

// What text() writes; nullopt when a line is none that a parser of HTTP would let through.
std::optional<RawRequest> parse_request(std::string_view text);

// A line of tests/generate/botocore_requests.py. The checksums of the body are left out, because
// the body will change.
std::optional<RawRequest> parse_line(std::string_view json);
std::vector<RawRequest> load_lines(const std::string& file);

// Whether a parser of HTTP would let it through.
bool is_http(const RawRequest& request);

}  // namespace strait::diff
