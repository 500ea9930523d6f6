// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/sha256.h"

// The Merkle tree of RFC 6962, section 2.1 (same hashes in RFC 9162): leaves are SHA-256(0x00 ||
// entry), nodes SHA-256(0x01 || left || right). Values and pure functions, no failure but "the
// proof does not hold".
namespace strait::ledger {

using crypto::Digest;

Digest leaf_hash(std::string_view entry);
Digest node_hash(const Digest& left, const Digest& right);
Digest empty_root();  // SHA-256 of nothing

// A tree that only grows and forgets its leaves: the roots of its complete subtrees, largest first.
// 64 hashes hold any tree, and adding a leaf costs one node hash on average.
class Frontier {
 public:
  void add(const Digest& leaf);
  std::uint64_t size() const { return size_; }
  Digest root() const;

  // size as 8 little-endian bytes, then the subtree roots. Decoding refuses a count that does not
  // fit the size.
  std::string encode() const;
  static std::optional<Frontier> decode(std::string_view bytes);
  bool operator==(const Frontier&) const = default;

 private:
  std::uint64_t size_ = 0;
  std::vector<Digest> subtrees_;
};

Digest root_of(std::span<const Digest> leaves);

// That leaf `index` is in the tree of all `leaves`; index < leaves.size().
std::vector<Digest> inclusion_proof(std::span<const Digest> leaves, std::uint64_t index);
bool verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                      std::span<const Digest> proof, const Digest& root);

// That the tree of the first `old_size` leaves is a prefix of the tree of all; 0 < old_size <=
// leaves.size().
std::vector<Digest> consistency_proof(std::span<const Digest> leaves, std::uint64_t old_size);
bool verify_consistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t size,
                        const Digest& root, std::span<const Digest> proof);

}  // namespace strait::ledger
