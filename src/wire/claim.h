// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string_view>

#include "base/result.h"
#include "wire/request_view.h"

// The marks by which a request says which protocol it speaks. Exactly one protocol may claim a
// request: the marks of two are refused, whatever AWS itself would prefer among them.
namespace strait::wire {

enum class Claim : std::uint8_t { kCbor, kJson, kForm, kRest };

struct Marks {
  Claim claim = Claim::kRest;
  std::string_view target;        // X-Amz-Target, for kJson
  std::string_view content_type;  // without parameters, as sent
  bool compressed = false;        // content-encoding: gzip
  bool aws_chunked = false;
  bool announces_body = false;  // one that may be more than empty
};

// kAmbiguousRequest, kMalformedRequest (a singleton header twice) or kUnsupported (a
// content-encoding we do not read).
Result<Marks> read_marks(const RequestView& request);

// A media type without parameters, compared in lower case.
bool media_type_is(std::string_view content_type, std::string_view lower);

}  // namespace strait::wire
