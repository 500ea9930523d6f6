// SPDX-License-Identifier: Apache-2.0
#include "identity/role_session_name.h"

#include <algorithm>

#include "crypto/sha256.h"

namespace strait::identity {
namespace {

constexpr std::size_t kBytesMax = 64;
constexpr std::size_t kMarkBytes = 8;

bool fits(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_+=,.@-").find(c) != std::string_view::npos;
}

}  // namespace

bool is_role_session_name(std::string_view name) {
  return name.size() >= 2 && name.size() <= kBytesMax && std::ranges::all_of(name, fits);
}

std::string role_session_name(std::string_view wanted, std::string_view subject) {
  if (is_role_session_name(wanted)) return std::string(wanted);
  if (is_role_session_name(subject)) return std::string(subject);
  std::string out;
  for (const char c : subject.substr(0, kBytesMax - kMarkBytes - 1)) out += fits(c) ? c : '-';
  return out + "-" + crypto::sha256_hex(subject).substr(0, kMarkBytes);
}

}  // namespace strait::identity
