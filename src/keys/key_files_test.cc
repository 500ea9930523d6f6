// SPDX-License-Identifier: Apache-2.0
#include "keys/key_files.h"

#include "crypto/x509.h"
#include "keys/keys_testing.h"
#include "keys/tls_files.h"

namespace strait::keys::testing {
namespace {

mode_t mode_of(const std::filesystem::path& path) {
  struct stat is{};
  ::stat(path.c_str(), &is);
  return is.st_mode & 0777;
}

TEST(KeyFiles, MakesEachKeyOnceAndFindsItAgain) {
  const Folder folder;
  auto first = *KeyFiles::open(folder.path / "state");
  auto second = *KeyFiles::open(folder.path / "state");
  EXPECT_EQ(first.mask_key()->reveal(), second.mask_key()->reveal());
  EXPECT_NE(first.mask_key()->reveal(), first.commitment_key()->reveal());
  EXPECT_EQ(first.log_signing_key()->public_key(), second.log_signing_key()->public_key());
  EXPECT_EQ(first.blob_key()->bytes().reveal(), second.blob_key()->bytes().reveal());
  EXPECT_NE(first.blob_key()->bytes().reveal(), first.session_token_key()->bytes().reveal());
  for (const auto& file : std::filesystem::directory_iterator(first.folder()))
    EXPECT_EQ(mode_of(file.path()), 0600u) << file.path();
  EXPECT_EQ(mode_of(first.folder()), 0700u);
}

TEST(KeyFiles, MastersRotateWithTheirEpochs) {
  const Folder folder;
  auto files = *KeyFiles::open(folder.path);
  const auto first = *files.credential_masters();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].epoch, 1u);
  ASSERT_TRUE(files.rotate_credential_master());
  const auto second = *files.credential_masters();
  ASSERT_EQ(second.size(), 2u);
  EXPECT_EQ(second[0].epoch, 2u);
  EXPECT_EQ(second[1].bytes.reveal(), first[0].bytes.reveal());
  ASSERT_TRUE(files.rotate_credential_master());
  const auto third = *files.credential_masters();
  ASSERT_EQ(third.size(), 2u) << "only the one before stays";
  EXPECT_EQ(third[1].bytes.reveal(), second[0].bytes.reveal());
}

TEST(KeyFiles, WrongPermissionsAreRefused) {
  const Folder folder;
  auto files = *KeyFiles::open(folder.path);
  ASSERT_TRUE(files.mask_key());
  for (const mode_t mode : {0640, 0604, 0660}) {
    ::chmod((files.folder() / "mask").c_str(), mode);
    const auto got = files.mask_key();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kInvalidConfiguration);
    EXPECT_NE(got.error().message.find("chmod"), std::string::npos);
  }
  ::chmod(files.folder().c_str(), 0755);
  EXPECT_FALSE(KeyFiles::open(folder.path));
}

TEST(KeyFiles, LinksAndBrokenContentAreRefusedUnquoted) {
  const Folder folder;
  auto files = *KeyFiles::open(folder.path);
  std::filesystem::create_symlink(folder.write("elsewhere", std::string(32, 'x')),
                                  files.folder() / "mask");
  EXPECT_FALSE(files.mask_key());
  const std::vector<std::string> broken = {
      "", "s3cret", "1 zz\n", "0 " + std::string(64, 'a') + "\n", "1 " + std::string(64, 'a')};
  for (const auto& content : broken) {
    std::ofstream(files.folder() / "credential-master", std::ios::trunc) << content;
    ::chmod((files.folder() / "credential-master").c_str(), 0600);
    const auto got = files.credential_masters();
    ASSERT_FALSE(got) << content;
    EXPECT_FALSE(says(got.error(), "s3cret"));
    EXPECT_FALSE(says(got.error(), "aaaa"));
  }
}

TEST(KeyFiles, AHalfWrittenFileOfACrashIsNoKey) {
  const Folder folder;
  auto files = *KeyFiles::open(folder.path);
  std::ofstream(files.folder() / "mask.new-abc") << "half";
  EXPECT_TRUE(files.mask_key());
  EXPECT_EQ(files.mask_key()->reveal().size(), 32u);
}

class TlsFilesTest : public ::testing::Test {
 protected:
  void write(const std::string& name) {
    const auto made =
        *crypto::make_self_signed({.common_name = name,
                                   .dns_names = {name},
                                   .not_before = Timestamp{},
                                   .not_after = Timestamp{} + std::chrono::hours(24 * 365 * 80)});
    certificate_ = folder_.write("cert.pem", made.certificate_pem, 0644);
    key_ = folder_.write("key.pem", made.key_pem.reveal(), 0600);
  }
  Folder folder_;
  std::string certificate_, key_;
};

TEST_F(TlsFilesTest, AReplacedPairIsSeenAndAnUnchangedOneIsNotReadAgain) {
  write("one.example");
  auto files = *TlsFiles::load(certificate_, key_);
  const auto first = files->current();
  EXPECT_EQ(*files->reload(), false);
  EXPECT_EQ(files->current(), first);
  write("two.example");
  std::filesystem::last_write_time(
      certificate_, std::filesystem::file_time_type::clock::now() + std::chrono::seconds(2));
  EXPECT_EQ(*files->reload(), true);
  EXPECT_NE(files->current()->certificate_pem, first->certificate_pem);
  EXPECT_EQ(files->current()->version, 2u);
}

TEST_F(TlsFilesTest, ABrokenReplacementLeavesTheOldOne) {
  write("one.example");
  auto files = *TlsFiles::load(certificate_, key_);
  const auto first = files->current();
  folder_.write("cert.pem", "-----BEGIN CERTIFICATE-----\nhalf");
  EXPECT_FALSE(files->reload());
  EXPECT_EQ(files->current(), first);
  write("two.example");
  EXPECT_EQ(*files->reload(), true);
}

TEST_F(TlsFilesTest, KeysThatOthersReadAreRefused) {
  write("one.example");
  ::chmod(key_.c_str(), 0644);
  const auto got = TlsFiles::load(certificate_, key_);
  ASSERT_FALSE(got);
  EXPECT_NE(got.error().message.find("chmod"), std::string::npos);
  EXPECT_FALSE(TlsFiles::load(folder_.path / "none.pem", key_));
  EXPECT_FALSE(TlsFiles::load(key_, key_));
}

}  // namespace
}  // namespace strait::keys::testing
