// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <fstream>
#include <iterator>

#include "mask/mask_testing.h"

namespace strait::mask::testing {

// The compiled pack: $STRAIT_PACK, else the build's. nullptr when there is none.
inline const Vault* real_pack() {
  static const std::unique_ptr<Vault> kVault = []() -> std::unique_ptr<Vault> {
    std::vector<std::filesystem::path> places = {
        std::filesystem::path(STRAIT_BUILD_DIR) / "strait.pack",
        std::filesystem::path(STRAIT_BUILD_DIR) / "../release/strait.pack"};
    if (const char* named = std::getenv("STRAIT_PACK")) places.insert(places.begin(), named);
    for (const auto& place : places) {
      std::ifstream file(place, std::ios::binary);
      if (!file) continue;
      auto vault = std::make_unique<Vault>();
      vault->pack.assign(std::istreambuf_iterator<char>(file), {});
      auto loaded = catalog::Catalog::load(std::as_bytes(std::span(vault->pack)));
      if (!loaded) continue;
      vault->catalog = *std::move(loaded);
      return vault;
    }
    return nullptr;
  }();
  return kVault.get();
}

}  // namespace strait::mask::testing
