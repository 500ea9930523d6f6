// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace strait {

// Bytes that must not be seen: move-only, wiped when dropped, not printable. There is no
// operator<<, no fmt formatter and no conversion; reveal() is the one way in, and easy to grep for.
// The view is valid while the Secret lives.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string bytes) : bytes_(std::move(bytes)) {}
  Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) { other.wipe(); }
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(); }

  std::string_view reveal() const { return bytes_; }
  Secret copy() const { return Secret(bytes_); }  // said out loud, never by accident
  bool empty() const { return bytes_.empty(); }

 private:
  void wipe() noexcept;
  std::string bytes_;
};

}  // namespace strait
