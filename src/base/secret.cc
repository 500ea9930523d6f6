// SPDX-License-Identifier: Apache-2.0
#include "base/secret.h"

#include <cstring>

namespace strait {

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    bytes_ = std::move(other.bytes_);
    other.wipe();
  }
  return *this;
}

void Secret::wipe() noexcept {
  // The whole capacity: a short string lives inside the object, and a moved-from one may still hold
  // it.
  bytes_.resize(bytes_.capacity());
  explicit_bzero(bytes_.data(), bytes_.size());
  bytes_.clear();
}

}  // namespace strait
