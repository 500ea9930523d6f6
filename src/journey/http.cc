// SPDX-License-Identifier: Apache-2.0
#include "journey/http.h"

#include <new>

namespace strait::journey {
namespace {

// Stands before the fields of a piece.
struct Piece {
  Piece* older;
};
static_assert(sizeof(Piece) % alignof(Headers::Field) == 0);

// A usual head without a long token fits.
constexpr std::size_t kPieceBytes = 1024;

Piece* piece_of(Headers::Field* fields) {
  return std::launder(reinterpret_cast<Piece*>(reinterpret_cast<char*>(fields) - sizeof(Piece)));
}

// The first field of that name from `at` on, or `end`. Names of one length are many; names of one
// length and one last letter are few, and only those are compared.
const Headers::Field* find_field(const Headers::Field* at, const Headers::Field* end,
                                 std::string_view name) {
  if (name.empty()) return end;  // no field has such a name
  const auto size = name.size();
  for (; at != end; ++at) {
    if (at->first.size() == size && at->first[size - 1] == name.back() && same(at->first, name))
      break;
  }
  return at;
}

}  // namespace

Headers::Headers(const Headers& other) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : other.fields()) bytes += name.size() + value.size();
  reserve(other.fields().size(), bytes);
  for (const auto& [name, value] : other.fields()) add(name, value);
}

void Headers::remove(std::string_view name) {
  if (find_field(fields_, end_, name) == end_) return;
  remove_if([name](const Field& field) { return same(field.first, name); });
}

std::size_t Headers::count(std::string_view name) const {
  std::size_t count = 0;
  for (const auto* at = find_field(fields_, end_, name); at != end_;
       at = find_field(at + 1, end_, name))
    ++count;
  return count;
}

std::optional<std::string_view> Headers::one(std::string_view name) const {
  const auto* const found = find_field(fields_, end_, name);
  if (found == end_ || find_field(found + 1, end_, name) != end_) return std::nullopt;
  return found->second;
}

void Headers::grow(std::size_t bytes) {
  const auto used = fields().size_bytes();
  // Twice what there is, so that many small additions cost no more than few large ones.
  const auto size = std::max({kPieceBytes, 2 * used, sizeof(Piece) + used + bytes});
  auto* const memory = static_cast<char*>(::operator new(size));
  std::construct_at(reinterpret_cast<Piece*>(memory),
                    fields_ == nullptr ? nullptr : piece_of(fields_));
  auto* const fields = reinterpret_cast<Field*>(memory + sizeof(Piece));
  end_ = std::uninitialized_copy(fields_, end_, fields);
  fields_ = fields;
  text_ = memory + size;
}

void Headers::release() {
  for (auto* piece = piece_of(fields_); piece != nullptr;) {
    auto* const older = piece->older;
    ::operator delete(piece);
    piece = older;
  }
}

}  // namespace strait::journey
