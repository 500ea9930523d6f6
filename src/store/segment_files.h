// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

// The segments of a log directory.
namespace strait::store {

struct SegmentFile {
  std::string name;
  std::uint64_t ordinal = 0;
  bool has_header = false;
  bool blank = false;  // begins with a block of zeros, or is empty
  std::uint64_t first_index = 0;
};

// In order. Reads the headers; a name that is not a segment's is passed over.
Result<std::vector<SegmentFile>> list_segments(const std::string& directory);

}  // namespace strait::store
