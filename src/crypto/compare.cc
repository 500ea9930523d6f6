// SPDX-License-Identifier: Apache-2.0
#include "crypto/compare.h"

#include <openssl/crypto.h>

namespace strait::crypto {

bool constant_time_equal(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace strait::crypto
