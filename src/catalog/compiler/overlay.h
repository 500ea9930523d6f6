// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/compiler/sources.h"
#include "catalog/compiler/writer.h"

// Our reviewed additions to AWS's data: text files of one row a line, words between spaces, `#` to
// the end of the line a comment. What each file says stands at its top. This is the grammar they
// share, and the look-ups that make a row which names nothing an error.
namespace strait::catalog::compiler {

struct OverlayRow {
  std::string_view file;
  std::size_t line = 0;
  std::vector<std::string_view> words;  // never empty; views into the sources
};

std::unexpected<Error> row_error(const OverlayRow& row, std::string why);

// The rows of `file`, in order; none when there is no such file.
std::vector<OverlayRow> overlay_rows(const Sources& sources, std::string_view file);

// Refuses files whose name the compiler does not know: a misspelt one would be ignored in silence.
Status check_overlay_files(const Sources& sources);

Result<format::Index> find_service(const Writer& pack, const OverlayRow& row,
                                   std::string_view name);
Result<format::Index> find_operation(const Writer& pack, const OverlayRow& row,
                                     std::string_view service, std::string_view operation);

// Whether `path` (Binding's grammar, with or without a transform) leads somewhere from `shape`.
bool path_exists(const Writer& pack, format::Index shape, std::string_view path);

// Simple facts, applied to services and operations already in the pack: prefixes.txt,
// protocols.txt, signing.txt, host-prefixes.txt, query-names.txt, ec2-ids.txt.
Status apply_service_overlay(Writer& pack, const Sources& sources);

}  // namespace strait::catalog::compiler
