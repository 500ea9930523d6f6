// SPDX-License-Identifier: Apache-2.0
#include "ledger/merkle.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace strait::ledger {
namespace {

// The largest power of two below `size`; size > 1.
std::uint64_t split(std::uint64_t size) { return std::bit_floor(size - 1); }

// RFC 6962, 2.1.2 SUBPROOF: `complete` says whether the old tree is exactly this subtree so far.
void prove_consistency(std::span<const Digest> leaves, std::uint64_t old_size, bool complete,
                       std::vector<Digest>& proof) {
  if (old_size == leaves.size()) {
    if (!complete) proof.push_back(root_of(leaves));
    return;
  }
  const auto left = split(leaves.size());
  if (old_size <= left) {
    prove_consistency(leaves.first(left), old_size, complete, proof);
    proof.push_back(root_of(leaves.subspan(left)));
  } else {
    prove_consistency(leaves.subspan(left), old_size - left, false, proof);
    proof.push_back(root_of(leaves.first(left)));
  }
}

}  // namespace

Digest leaf_hash(std::string_view entry) {
  crypto::Sha256 hash;
  hash.update(std::string_view("\0", 1));
  hash.update(entry);
  return hash.finish();
}

Digest node_hash(const Digest& left, const Digest& right) {
  char bytes[65];
  bytes[0] = 1;
  std::memcpy(bytes + 1, left.data(), 32);
  std::memcpy(bytes + 33, right.data(), 32);
  return crypto::sha256({bytes, sizeof(bytes)});
}

Digest empty_root() { return crypto::sha256({}); }

void Frontier::add(const Digest& leaf) {
  Digest node = leaf;
  // Each trailing one of the size is a complete subtree that this leaf completes into a larger one.
  for (auto carry = size_; (carry & 1) != 0; carry >>= 1) {
    node = node_hash(subtrees_.back(), node);
    subtrees_.pop_back();
  }
  subtrees_.push_back(node);
  ++size_;
}

Digest Frontier::root() const {
  if (subtrees_.empty()) return empty_root();
  Digest node = subtrees_.back();
  for (auto at = subtrees_.rbegin() + 1; at != subtrees_.rend(); ++at) node = node_hash(*at, node);
  return node;
}

std::string Frontier::encode() const {
  std::string bytes;
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(size_ >> shift);
  for (const auto& subtree : subtrees_) bytes += crypto::view(subtree);
  return bytes;
}

std::optional<Frontier> Frontier::decode(std::string_view bytes) {
  if (bytes.size() < 8) return std::nullopt;
  Frontier frontier;
  for (int at = 7; at >= 0; --at) {
    frontier.size_ =
        frontier.size_ << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(at)]);
  }
  bytes.remove_prefix(8);
  if (bytes.size() != 32 * static_cast<std::size_t>(std::popcount(frontier.size_)))
    return std::nullopt;
  for (; !bytes.empty(); bytes.remove_prefix(32)) {
    std::memcpy(frontier.subtrees_.emplace_back().data(), bytes.data(), 32);
  }
  return frontier;
}

Digest root_of(std::span<const Digest> leaves) {
  Frontier frontier;
  for (const auto& leaf : leaves) frontier.add(leaf);
  return frontier.root();
}

std::vector<Digest> inclusion_proof(std::span<const Digest> leaves, std::uint64_t index) {
  std::vector<Digest> proof;
  while (leaves.size() > 1) {
    const auto left = split(leaves.size());
    if (index < left) {
      proof.push_back(root_of(leaves.subspan(left)));
      leaves = leaves.first(left);
    } else {
      proof.push_back(root_of(leaves.first(left)));
      leaves = leaves.subspan(left);
      index -= left;
    }
  }
  std::ranges::reverse(proof);
  return proof;
}

// RFC 9162, 2.1.3.2.
bool verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                      std::span<const Digest> proof, const Digest& root) {
  if (index >= size) return false;
  auto node_index = index;
  auto last_index = size - 1;
  Digest node = leaf;
  for (const auto& sibling : proof) {
    if (last_index == 0) return false;
    if ((node_index & 1) != 0 || node_index == last_index) {
      node = node_hash(sibling, node);
      while ((node_index & 1) == 0 && node_index != 0) {
        node_index >>= 1;
        last_index >>= 1;
      }
    } else {
      node = node_hash(node, sibling);
    }
    node_index >>= 1;
    last_index >>= 1;
  }
  return last_index == 0 && node == root;
}

std::vector<Digest> consistency_proof(std::span<const Digest> leaves, std::uint64_t old_size) {
  std::vector<Digest> proof;
  prove_consistency(leaves, old_size, true, proof);
  return proof;
}

// RFC 9162, 2.1.4.2.
bool verify_consistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t size,
                        const Digest& root, std::span<const Digest> proof) {
  if (old_size == 0 || old_size > size) return false;
  if (old_size == size) return proof.empty() && old_root == root;
  const bool starts_with_old = std::has_single_bit(old_size);
  if (proof.empty() && !starts_with_old) return false;
  auto node_index = old_size - 1;
  auto last_index = size - 1;
  while ((node_index & 1) != 0) {
    node_index >>= 1;
    last_index >>= 1;
  }
  Digest old_node = starts_with_old ? old_root : proof.front();
  Digest node = old_node;
  for (const auto& sibling : proof.subspan(starts_with_old ? 0 : 1)) {
    if (last_index == 0) return false;
    if ((node_index & 1) != 0 || node_index == last_index) {
      old_node = node_hash(sibling, old_node);
      node = node_hash(sibling, node);
      while ((node_index & 1) == 0 && node_index != 0) {
        node_index >>= 1;
        last_index >>= 1;
      }
    } else {
      node = node_hash(node, sibling);
    }
    node_index >>= 1;
    last_index >>= 1;
  }
  return last_index == 0 && old_node == old_root && node == root;
}

}  // namespace strait::ledger
