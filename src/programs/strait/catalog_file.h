// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <memory>

#include "catalog/catalog.h"

namespace strait::programs {

// Maps the pack into memory and checks it. An empty path looks at STRAIT_CATALOG, then for
// strait.pack beside the binary, then in /usr/share/strait. The mapping lives as long as the
// catalog.
Result<std::shared_ptr<const catalog::Catalog>> load_catalog(const std::filesystem::path& file);

}  // namespace strait::programs
