// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/applied.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>

#include "programs/strait/applied_files.h"
#include "programs/strait/starter.h"

namespace strait::programs {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class AppliedTest : public ::testing::Test {
 protected:
  AppliedTest() {
    std::string name = (fs::temp_directory_path() / "strait-applied-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    Starter starter;
    starter.issuer = "https://issuer.example";
    starter.account = "123456789012";
    EXPECT_TRUE(write_starter(folder_, starter));
    state_ = folder_ / "state";
  }
  ~AppliedTest() override { fs::remove_all(folder_); }

  VersionFiles files() {
    const auto config = read_config(folder_ / "strait.toml");
    EXPECT_TRUE(config) << config.error().message;
    const auto files = files_of(*config);
    EXPECT_TRUE(files) << files.error().message;
    return *files;
  }
  static Applied about(std::string what = "apply") {
    return {
        .what = std::move(what), .who = "kim", .summary = "1 role", .at = Timestamp(Seconds(7))};
  }
  Result<Applied> apply() { return publish(state_, files(), about()); }
  void write(const std::string& file, const std::string& text) {
    std::ofstream(folder_ / file, std::ios::trunc) << text;
  }
  Result<Config> running() { return read_running_config(folder_ / "strait.toml"); }
  std::string look_in_force() {
    const auto config = running();
    EXPECT_TRUE(config) << config.error().message;
    return config ? config->roles.at(0).allow.at(0).text : "";
  }
  static std::string policy(const std::string& action) {
    return R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":")" + action +
           R"(","Resource":"*"}})";
  }

  fs::path folder_, state_;
};

TEST_F(AppliedTest, WithoutAVersionTheFilesAreInForce) {
  write("policies/look.json", policy("s3:GetObject"));
  EXPECT_EQ(look_in_force(), policy("s3:GetObject"));
  EXPECT_EQ(running()->version, "");
}

TEST_F(AppliedTest, AVersionIsInForceWhateverTheFilesSayLater) {
  write("policies/look.json", policy("s3:GetObject"));
  const auto applied = apply();
  ASSERT_TRUE(applied) << applied.error().message;
  EXPECT_EQ(applied->number, 1);
  write("policies/look.json", policy("s3:PutObject"));
  fs::remove(folder_ / "roles/developer.toml");
  EXPECT_EQ(look_in_force(), policy("s3:GetObject"));
  EXPECT_THAT(running()->version, HasSubstr("version 1 ("));
  EXPECT_THAT(running()->version, HasSubstr("apply by kim"));
}

TEST_F(AppliedTest, RollbackIsAChangeOfItsOwn) {
  write("policies/look.json", policy("s3:GetObject"));
  ASSERT_TRUE(apply());
  write("policies/look.json", policy("s3:PutObject"));
  ASSERT_TRUE(apply());
  EXPECT_EQ(look_in_force(), policy("s3:PutObject"));
  const auto back = roll_back(state_, 1, about(""));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->number, 3);
  EXPECT_EQ(look_in_force(), policy("s3:GetObject"));
  const auto all = history(state_);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 3u);
  EXPECT_EQ(all->at(2).what, "rollback to 1");
  EXPECT_EQ(all->at(2).hash, all->at(0).hash);
  EXPECT_EQ(roll_back(state_, 9, about("")).error().code, ErrorCode::kNotFound);
}

TEST_F(AppliedTest, WhatIsInForceIsNotAppliedAgain) {
  ASSERT_TRUE(apply());
  EXPECT_EQ(apply().error().code, ErrorCode::kConflict);
  EXPECT_EQ(history(state_)->size(), 1u);
}

TEST_F(AppliedTest, AVersionThatWasTamperedWithIsRefused) {
  const auto applied = apply();
  ASSERT_TRUE(applied);
  std::ofstream(version_folder(state_, applied->hash) / "policies/look.json", std::ios::app) << " ";
  const auto config = running();
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, HasSubstr("is not as it was applied"));
}

TEST_F(AppliedTest, ACrashLeavesTheOldVersionOrTheNew) {
  write("policies/look.json", policy("s3:GetObject"));
  ASSERT_TRUE(apply());
  // Stopped in the middle of the files, and of the note.
  fs::create_directories(state_ / "policy/versions/.0123.77.partial/roles");
  std::ofstream(state_ / "policy/history/.000002.json.77.partial") << "{\"hash\":";
  EXPECT_EQ(look_in_force(), policy("s3:GetObject"));
  EXPECT_EQ(history(state_)->size(), 1u);
  // Stopped when the files stood and the note did not: the same version is applied whole.
  write("policies/look.json", policy("s3:PutObject"));
  const auto second = apply();
  ASSERT_TRUE(second);
  fs::remove(history_folder(state_) / "000002.json");
  EXPECT_EQ(look_in_force(), policy("s3:GetObject"));
  ASSERT_TRUE(apply());
  EXPECT_EQ(look_in_force(), policy("s3:PutObject"));
}

TEST_F(AppliedTest, OfTwoWhoApplyAtOnceOneIsTold) {
  ASSERT_TRUE(apply());
  // Both see one version and take the next number; the second finds it taken.
  const auto file = history_folder(state_) / "000002.json";
  ASSERT_TRUE(write_once(file, "one", state_));
  const auto second = write_once(file, "two", state_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
  EXPECT_EQ(*read_text(file), "one");
}

TEST_F(AppliedTest, FilesOutsideTheFolderAreNoPartOfAVersion) {
  std::ofstream(folder_.parent_path() / "strait-outside.json") << policy("s3:GetObject");
  const auto role = folder_ / "roles/developer.toml";
  std::ifstream in(role);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto at = text.find("policies/look.json");
  write("roles/developer.toml", text.replace(at, 18, "../strait-outside.json"));
  const auto config = read_config(folder_ / "strait.toml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_THAT(files_of(*config).error().message, HasSubstr("is outside"));
  fs::remove(folder_.parent_path() / "strait-outside.json");
}

TEST_F(AppliedTest, OnlyTheOwnerReadsIt) {
  const auto applied = apply();
  ASSERT_TRUE(applied);
  struct stat about{};
  ASSERT_EQ(::stat((history_folder(state_) / "000001.json").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat(version_folder(state_, applied->hash).c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0700u);
}

}  // namespace
}  // namespace strait::programs
