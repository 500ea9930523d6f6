// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "analysis/vocabulary.h"

// The real catalog for tests of this room: the pack that STRAIT_CATALOG names, or the release
// build's. Without one the test is skipped.
namespace strait::analysis {

class PackTest : public ::testing::Test {
 protected:
  static const Vocabulary& words() { return *loaded().words; }

  void SetUp() override {
    if (!loaded().words) GTEST_SKIP() << "skipped: no catalog pack; ninja pack makes it";
  }

 private:
  struct Loaded {
    std::string bytes;
    std::unique_ptr<const catalog::Catalog> catalog;
    std::unique_ptr<Vocabulary> words;
  };

  static const Loaded& loaded() {
    static const auto* all = [] {
      auto* made = new Loaded;
      const char* named = ::getenv("STRAIT_CATALOG");
      std::ifstream file(named != nullptr ? named : STRAIT_SOURCE_DIR "/build/release/strait.pack",
                         std::ios::binary);
      made->bytes.assign(std::istreambuf_iterator<char>(file), {});
      auto catalog = catalog::Catalog::load(std::as_bytes(std::span(made->bytes)));
      if (!catalog) return made;
      made->catalog = *std::move(catalog);
      made->words = std::make_unique<Vocabulary>(*made->catalog);
      return made;
    }();
    return *all;
  }
};

}  // namespace strait::analysis
