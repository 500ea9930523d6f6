// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstring>

#include "crypto/checksum.h"

// Both CRCs here are reflected, with all ones before and after. Eight table look-ups take eight
// bytes at a time
// ("slicing by 8", Kounavis and Berry 2005).
namespace strait::crypto {
namespace {

template <class Word, Word kPolynomial>
struct Slices {
  std::array<std::array<Word, 256>, 8> table{};

  constexpr Slices() {
    for (unsigned byte = 0; byte < 256; ++byte) {
      Word crc = byte;
      for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
      table[0][byte] = crc;
    }
    for (unsigned slice = 1; slice < 8; ++slice) {
      for (unsigned byte = 0; byte < 256; ++byte) {
        const Word before = table[slice - 1][byte];
        table[slice][byte] = (before >> 8) ^ table[0][before & 0xff];
      }
    }
  }

  Word update(Word crc, std::string_view data) const {
    crc = static_cast<Word>(~crc);
    while (data.size() >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, data.data(), 8);  // little-endian hosts only; see the static_assert below
      word ^= crc;
      Word next = 0;
      for (unsigned i = 0; i < 8; ++i) next ^= table[7 - i][(word >> (8 * i)) & 0xff];
      crc = next;
      data.remove_prefix(8);
    }
    for (const char byte : data) {
      crc =
          static_cast<Word>((crc >> 8) ^ table[0][(crc ^ static_cast<unsigned char>(byte)) & 0xff]);
    }
    return static_cast<Word>(~crc);
  }
};

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

constexpr Slices<std::uint32_t, 0x82f63b78> kCastagnoli;
constexpr Slices<std::uint64_t, 0x9a6c9329ac4bc9b5> kNvme;

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t crc32c_hardware(std::uint32_t crc,
                                                                std::string_view data) {
  std::uint64_t wide = static_cast<std::uint32_t>(~crc);
  while (data.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, data.data(), 8);
    wide = __builtin_ia32_crc32di(wide, word);
    data.remove_prefix(8);
  }
  auto narrow = static_cast<std::uint32_t>(wide);
  for (const char byte : data)
    narrow = __builtin_ia32_crc32qi(narrow, static_cast<unsigned char>(byte));
  return ~narrow;
}

bool has_crc32c_hardware() {
  static const bool has = __builtin_cpu_supports("sse4.2") != 0;
  return has;
}
#else
std::uint32_t crc32c_hardware(std::uint32_t crc, std::string_view data) {
  return kCastagnoli.update(crc, data);
}
bool has_crc32c_hardware() { return false; }
#endif

}  // namespace

std::uint32_t crc32c_portable(std::uint32_t crc, std::string_view data) {
  return kCastagnoli.update(crc, data);
}

std::uint32_t crc32c(std::uint32_t crc, std::string_view data) {
  return has_crc32c_hardware() ? crc32c_hardware(crc, data) : crc32c_portable(crc, data);
}

std::uint64_t crc64nvme(std::uint64_t crc, std::string_view data) {
  return kNvme.update(crc, data);
}

}  // namespace strait::crypto
