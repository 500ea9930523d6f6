// SPDX-License-Identifier: Apache-2.0
#include "store/segment_files.h"

#include <charconv>
#include <fstream>
#include <optional>

#include "store/disk.h"
#include "store/log_writer.h"
#include "store/segment.h"

namespace strait::store {
namespace {

std::optional<std::uint64_t> ordinal_of(std::string_view name) {
  constexpr std::string_view kPrefix = "segment-";
  if (!name.starts_with(kPrefix)) return std::nullopt;
  std::uint64_t ordinal = 0;
  const auto digits = name.substr(kPrefix.size());
  std::from_chars(digits.data(), digits.data() + digits.size(), ordinal);
  if (segment_name(ordinal) != name) return std::nullopt;
  return ordinal;
}

bool is_blank(std::string_view bytes) {
  return bytes.substr(0, kBlockBytes).find_first_not_of('\0') == std::string_view::npos;
}

struct Opening {
  std::optional<HeaderRead> header;
  bool blank = false;
};

// A header is a few blocks, unless many sessions are open: read on only then.
Result<Opening> read_opening(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::kIo, "a log segment cannot be opened", path);
  std::string bytes;
  for (std::size_t wanted = 64 * 1024;; wanted *= 16) {
    const auto have = bytes.size();
    bytes.resize(wanted);
    file.read(bytes.data() + have, static_cast<std::streamsize>(wanted - have));
    bytes.resize(have + static_cast<std::size_t>(file.gcount()));
    auto header = decode_header(bytes);
    if (!header && bytes.size() == wanted && !is_blank(bytes)) continue;
    return Opening{std::move(header), is_blank(bytes)};
  }
}

}  // namespace

Result<std::vector<SegmentFile>> list_segments(const std::string& directory) {
  TRY(const auto names, list_files(directory));
  std::vector<SegmentFile> files;
  for (const auto& name : names) {
    const auto ordinal = ordinal_of(name);
    if (!ordinal) continue;
    TRY(const auto opening, read_opening(directory + "/" + name));
    const auto& header = opening.header;
    files.push_back({name, *ordinal, header.has_value(), opening.blank,
                     header ? header->header.tree.size() : 0});
  }
  return files;
}

}  // namespace strait::store
