// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/ids.h"

// Randomness from OpenSSL's generator. Any thread. A generator that cannot answer ends the process:
// there is no safe way to go on without one.
namespace strait::crypto {

void random_bytes(std::span<std::uint8_t> out);
std::string random_string(std::size_t bytes);  // raw bytes, for keys and nonces

// For ids: drawn per thread in blocks, so that one costs a few nanoseconds. Ids are unguessable,
// but not keys.
Entropy random_entropy();

}  // namespace strait::crypto
