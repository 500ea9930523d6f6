// SPDX-License-Identifier: Apache-2.0
#include "store/state_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "ledger/checkpoint.h"
#include "store/recorder_fake.h"

namespace strait::store {
namespace {

TEST(StateDir, IsPrivateAndStable) {
  const FolderFake folder;
  const auto path = folder.path() + "/state";
  std::string origin;
  std::string vkey;
  {
    const auto state = StateDir::open(path);
    ASSERT_TRUE(state) << state.error().message;
    origin = state->origin();
    vkey = *state->log_vkey();
    EXPECT_TRUE(ledger::parse_vkey(vkey));
    ASSERT_TRUE(state->blob_key());
    for (const auto* part : {"", "/log", "/blobs", "/keys", "/anchor"}) {
      struct stat status{};
      ASSERT_EQ(::stat((path + part).c_str(), &status), 0);
      EXPECT_EQ(status.st_mode & 0777, 0700u) << part;
    }
    struct stat status{};
    ASSERT_EQ(::stat(state->key_path("log").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
  }
  const auto again = StateDir::open(path);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->origin(), origin);
  EXPECT_EQ(*again->log_vkey(), vkey);
}

TEST(StateDir, ASecondProcessIsRefusedAndAReaderIsNot) {
  const FolderFake folder;
  const auto path = folder.path() + "/state";
  const auto first = StateDir::open(path);
  ASSERT_TRUE(first);
  const auto second = StateDir::open(path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
  EXPECT_THAT(second.error().message, testing::HasSubstr(std::to_string(::getpid())));
  const auto reader = StateDir::open_read_only(path);
  ASSERT_TRUE(reader);
  EXPECT_EQ(*reader->log_vkey(), *first->log_vkey());
  EXPECT_FALSE(reader->key("not-there"));
  EXPECT_EQ(StateDir::open_read_only(path + "x").error().code, ErrorCode::kNotFound);
}

TEST(StateDir, KeysThatOthersCanReadAreRefused) {
  const FolderFake folder;
  const auto path = folder.path() + "/state";
  const auto state = StateDir::open(path);
  ASSERT_TRUE(state);
  ASSERT_EQ(::chmod(state->key_path("log").c_str(), 0644), 0);
  EXPECT_EQ(state->log_key().error().code, ErrorCode::kInvalidConfiguration);
}

}  // namespace
}  // namespace strait::store
