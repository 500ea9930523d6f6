// SPDX-License-Identifier: Apache-2.0
#include "ledger/tiles.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/merkle.h"

namespace strait::ledger {
namespace {

// 1234067 is "x001/x234/067".
std::string index_path(std::uint64_t index) {
  auto path = fmt::format("{:03}", index % 1000);
  for (index /= 1000; index > 0; index /= 1000) path = fmt::format("x{:03}/", index % 1000) + path;
  return path;
}

std::string with_width(std::string path, std::uint64_t width) {
  return width == kTileWidth ? path : fmt::format("{}.p/{}", path, width);
}

}  // namespace

std::string tile_path(unsigned level, std::uint64_t index, std::uint64_t width) {
  return with_width(fmt::format("tile/{}/{}", level, index_path(index)), width);
}

std::string entries_path(std::uint64_t index, std::uint64_t width) {
  return with_width("tile/entries/" + index_path(index), width);
}

std::vector<TileFile> tiles_of(std::span<const crypto::Digest> leaf_hashes) {
  std::vector<TileFile> files;
  std::vector<crypto::Digest> level_hashes(leaf_hashes.begin(), leaf_hashes.end());
  for (unsigned level = 0; !level_hashes.empty(); ++level) {
    std::vector<crypto::Digest> parents;
    for (std::uint64_t at = 0; at < level_hashes.size(); at += kTileWidth) {
      const auto width = std::min<std::uint64_t>(kTileWidth, level_hashes.size() - at);
      const auto tile = std::span(level_hashes).subspan(at, width);
      TileFile file{tile_path(level, at / kTileWidth, width), {}};
      for (const auto& hash : tile) file.bytes += crypto::view(hash);
      files.push_back(std::move(file));
      if (width == kTileWidth) parents.push_back(root_of(tile));
    }
    level_hashes = std::move(parents);
  }
  return files;
}

Status append_entry(std::string& bundle, std::string_view entry) {
  if (entry.size() > 0xffff)
    return fail(ErrorCode::kLimitExceeded, "an entry has more than 65535 bytes");
  bundle += static_cast<char>(entry.size() >> 8);
  bundle += static_cast<char>(entry.size() & 0xff);
  bundle += entry;
  return {};
}

Result<std::vector<std::string_view>> entries_of(std::string_view bundle) {
  std::vector<std::string_view> entries;
  while (!bundle.empty()) {
    if (bundle.size() < 2)
      return fail(ErrorCode::kMalformedRequest, "the entry bundle ends inside a length");
    const auto size = static_cast<std::size_t>(static_cast<unsigned char>(bundle[0])) << 8 |
                      static_cast<unsigned char>(bundle[1]);
    if (bundle.size() - 2 < size)
      return fail(ErrorCode::kMalformedRequest, "the entry bundle ends inside an entry");
    if (entries.size() == kTileWidth)
      return fail(ErrorCode::kMalformedRequest, "the entry bundle has over 256 entries");
    entries.push_back(bundle.substr(2, size));
    bundle.remove_prefix(2 + size);
  }
  return entries;
}

}  // namespace strait::ledger
