// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "catalog/catalog.h"

namespace strait::diff {

// The compiled pack: $STRAIT_PACK, else the build's. nullptr when there is none.
inline std::shared_ptr<const catalog::Catalog> pack() {
  static const auto* bytes = [] {
    const char* chosen = std::getenv("STRAIT_PACK");
    std::ifstream file(chosen != nullptr ? chosen : STRAIT_PACK_FILE, std::ios::binary);
    return new std::string(std::istreambuf_iterator<char>(file), {});
  }();
  static const auto catalog = [] {
    auto loaded = catalog::Catalog::load(std::as_bytes(std::span(*bytes)));
    return loaded ? std::shared_ptr<const catalog::Catalog>(std::move(*loaded)) : nullptr;
  }();
  return catalog;
}

}  // namespace strait::diff
