// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/sha256.h"

// The file layout of C2SP tlog-tiles, as pure functions: what an export writes so that existing
// tools can check the log. Level 0 tiles hold 256 leaf hashes, level n tiles 256 roots of full
// tiles of level n-1; entry bundles hold 256 entries. Source: https://c2sp.org/tlog-tiles.
namespace strait::ledger {

inline constexpr std::uint64_t kTileWidth = 256;

// "tile/0/x001/x234/067" for a full tile, "tile/1/000.p/17" for a partial one; width is 1 to 256.
std::string tile_path(unsigned level, std::uint64_t index, std::uint64_t width = kTileWidth);
std::string entries_path(std::uint64_t index, std::uint64_t width = kTileWidth);

struct TileFile {
  std::string path;
  std::string bytes;
};

// Every tile, full and partial, of the tree over `leaf_hashes`.
std::vector<TileFile> tiles_of(std::span<const crypto::Digest> leaf_hashes);

// Appends one entry (2-byte big-endian length, bytes) to a bundle. kLimitExceeded above 65,535
// bytes.
Status append_entry(std::string& bundle, std::string_view entry);
// The entries of a bundle; kMalformedRequest when the lengths do not add up, or there are more than
// 256.
Result<std::vector<std::string_view>> entries_of(std::string_view bundle);

}  // namespace strait::ledger
