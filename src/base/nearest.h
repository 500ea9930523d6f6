// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

// The known word that a misspelt one was probably meant to be.
namespace strait {

// Insertions, deletions and replacements between two words, upper and lower case being one; at most
// `most` + 1 (then the words are not alike).
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t most);

// Takes candidates one by one and keeps the nearest.
class Nearest {
 public:
  explicit Nearest(std::string_view word)
      : word_(word), distance_(word.size() / 3 + 2) {}  // farther off is no suggestion

  void offer(std::string_view candidate);
  bool found() const { return !best_.empty(); }
  const std::string& best() const { return best_; }
  // "; did you mean `s3:GetObject`?", or "" when nothing was near.
  std::string question() const;

 private:
  std::string_view word_;
  std::size_t distance_;  // only what is nearer than this is taken
  std::string best_;
};

}  // namespace strait
