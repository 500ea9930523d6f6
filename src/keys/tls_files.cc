// SPDX-License-Identifier: Apache-2.0
#include "keys/tls_files.h"

#include <sys/stat.h>

#include "keys/key_files.h"

namespace strait::keys {

namespace {

std::unexpected<Error> refused(const std::filesystem::path& file, std::string_view why) {
  return fail(ErrorCode::kInvalidConfiguration,
              "TLS file " + strait::quoted(file.string(), 400) + ": " + std::string(why));
}

}  // namespace

Result<std::unique_ptr<TlsFiles>> TlsFiles::load(std::filesystem::path certificate,
                                                 std::filesystem::path key) {
  std::unique_ptr<TlsFiles> files(new TlsFiles(std::move(certificate), std::move(key)));
  CHECK_OK(files->read());
  return files;
}

std::shared_ptr<const TlsPair> TlsFiles::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

TlsFiles::Stamp TlsFiles::stamp(const std::filesystem::path& file) {
  struct stat is{};
  if (::stat(file.c_str(), &is) != 0) return {};
  return {is.st_ino, static_cast<std::uint64_t>(is.st_size),
          is.st_mtim.tv_sec * std::int64_t{1'000'000'000} + is.st_mtim.tv_nsec};
}

Status TlsFiles::read() {
  // Stamps first: a file replaced while it is read is then read again at the next look.
  const auto certificate_stamp = stamp(certificate_);
  const auto key_stamp = stamp(key_);
  TRY(auto chain, read_secret_file(certificate_, false));
  TRY(auto key, read_secret_file(key_, false));
  struct stat is{};
  if (::stat(key_.c_str(), &is) == 0 && (is.st_mode & 007) != 0) {
    return refused(key_, "everybody may read the key; run chmod o-rwx on it");
  }
  if (!chain.reveal().contains("-----BEGIN CERTIFICATE-----"))
    return refused(certificate_, "it holds no PEM certificate");
  if (!chain.reveal().contains("-----END CERTIFICATE-----"))
    return refused(certificate_, "it is cut off");
  if (!key.reveal().contains("PRIVATE KEY-----"))
    return refused(key_, "it holds no PEM private key");
  if (key.reveal().contains("ENCRYPTED"))
    return refused(key_, "the key is encrypted; strait cannot ask for a passphrase");
  const std::lock_guard lock(mutex_);
  auto pair = std::make_shared<TlsPair>();
  pair->certificate_pem = std::string(chain.reveal());
  pair->key_pem = std::move(key);
  pair->version = current_ == nullptr ? 1 : current_->version + 1;
  current_ = std::move(pair);
  certificate_stamp_ = certificate_stamp;
  key_stamp_ = key_stamp;
  return {};
}

Result<bool> TlsFiles::reload() {
  if (stamp(certificate_) == certificate_stamp_ && stamp(key_) == key_stamp_) return false;
  CHECK_OK(read());
  return true;
}

}  // namespace strait::keys
