// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "keys/credential_process.h"
#include "keys/profile_file.h"

// Any text is profiles or an error; splitting any command line ends, and a word never holds an
// unquoted blank of its own.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto half = text.size() / 2;
  const auto files = strait::keys::ProfileFiles::parse(text.substr(0, half), text.substr(half));
  if (files && files->find("default") != nullptr) {
    for (const auto& [key, value] : *files->find("default")) {
      if (key.contains('\n') || value.contains('\n')) std::abort();
    }
  }
  const auto words = strait::keys::split_command(text);
  std::size_t bytes = 0;
  if (words) {
    for (const auto& word : *words) bytes += word.size();
  }
  if (bytes > text.size()) std::abort();
  return 0;
}
