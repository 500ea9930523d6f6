// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/proxy_ca_file.h"

#include <sys/stat.h>

#include <fstream>

namespace strait::programs {
namespace {

namespace fs = std::filesystem;

// Readers see the old file or the new one. A crash loses no more than a copy, which the next start
// writes again.
Status write_public(const fs::path& file, const std::string& text) {
  auto beside = file;
  beside += ".new";
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  std::error_code failed;
  constexpr auto kMode = fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read |
                         fs::perms::others_read;
  if (out) fs::permissions(beside, kMode, failed);
  if (out && !failed) fs::rename(beside, file, failed);
  if (!out || failed) return fail(ErrorCode::kIo, "cannot write " + file.string());
  return {};
}

}  // namespace

fs::path proxy_ca_file(const fs::path& state_dir) { return state_dir / "proxy-ca.pem"; }

Result<std::unique_ptr<keys::ProxyCa>> open_proxy_ca(const fs::path& state_dir,
                                                     const catalog::Catalog& catalog,
                                                     const async::Clock& clock) {
  // Perhaps the first to make the state directory, which is nobody else's.
  const auto before = ::umask(077);
  auto opened = keys::KeyFiles::open(state_dir);
  ::umask(before);
  TRY(auto files, std::move(opened));
  TRY(auto ca, keys::ProxyCa::open(files, catalog.domains(), clock));
  CHECK_OK(write_public(proxy_ca_file(state_dir), ca->certificate_pem()));
  return ca;
}

}  // namespace strait::programs
