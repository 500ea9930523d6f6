// SPDX-License-Identifier: Apache-2.0
#include "store/database.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "store/recorder_fake.h"

namespace strait::store {
namespace {

Database people() {
  auto database = Database::open(":memory:");
  EXPECT_TRUE(database);
  EXPECT_TRUE(
      database->execute("CREATE TABLE person(name TEXT PRIMARY KEY, age INT NOT NULL, note BLOB)"));
  return std::move(*database);
}

TEST(Database, GivesBackWhatWasBound) {
  auto database = people();
  auto insert = *database.prepare("INSERT INTO person VALUES(?1, ?2, ?3)");
  ASSERT_TRUE(insert.bind(1, "kim").bind(2, 41).bind_blob(3, std::string_view("a\0b", 3)).run());
  ASSERT_TRUE(insert.reset().bind(1, "").bind(2, std::int64_t{1} << 60).bind_null(3).run());
  EXPECT_EQ(database.changes(), 1);
  auto select = *database.prepare("SELECT name, age, note FROM person ORDER BY age");
  ASSERT_TRUE(*select.step());
  EXPECT_EQ(select.column_text(0), "kim");
  EXPECT_EQ(select.column_int(1), 41);
  EXPECT_EQ(select.column_blob(2), std::string("a\0b", 3));
  ASSERT_TRUE(*select.step());
  EXPECT_EQ(select.column_int(1), std::int64_t{1} << 60);
  EXPECT_TRUE(select.column_is_null(2));
  EXPECT_FALSE(*select.step());
}

TEST(Database, AFailedTransactionLeavesNothing) {
  auto database = people();
  const auto failed = database.transaction([&]() -> Status {
    CHECK_OK(database.execute("INSERT INTO person VALUES('kim', 41, NULL)"));
    return database.execute("INSERT INTO person VALUES('kim', 42, NULL)");
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kConflict);
  auto count = *database.prepare("SELECT count(*) FROM person");
  ASSERT_TRUE(*count.step());
  EXPECT_EQ(count.column_int(0), 0);
}

TEST(Database, PreparesExactlyOneStatement) {
  auto database = people();
  EXPECT_FALSE(database.prepare("SELECT 1; DROP TABLE person"));
  EXPECT_FALSE(database.prepare(""));
  EXPECT_TRUE(database.prepare("SELECT 1;  "));
  EXPECT_EQ(database.prepare("SELEKT").error().code, ErrorCode::kInternal);
}

TEST(Database, OnDiskItIsPrivateDurableAndFoundAgain) {
  const FolderFake folder;
  const auto path = folder.path() + "/strait.db";
  {
    auto database = Database::open(path);
    ASSERT_TRUE(database) << database.error().detail;
    ASSERT_TRUE(database->execute("CREATE TABLE t(x)"));
    auto mode = *database->prepare("PRAGMA journal_mode");
    ASSERT_TRUE(*mode.step());
    EXPECT_EQ(mode.column_text(0), "wal");
    auto synchronous = *database->prepare("PRAGMA synchronous");
    ASSERT_TRUE(*synchronous.step());
    EXPECT_EQ(synchronous.column_int(0), 2);
  }
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  auto reader = Database::open_read_only(path);
  ASSERT_TRUE(reader);
  EXPECT_TRUE(reader->prepare("SELECT * FROM t"));
  EXPECT_FALSE(reader->execute("INSERT INTO t VALUES(1)"));
  EXPECT_FALSE(Database::open_read_only(path + ".missing"));
}

TEST(Database, MigratesStepByStepAndRefusesTheFuture) {
  const FolderFake folder;
  const auto path = folder.path() + "/strait.db";
  const std::vector<std::string_view> one{"CREATE TABLE a(x)"};
  const std::vector<std::string_view> two{"CREATE TABLE a(x)", "ALTER TABLE a ADD COLUMN y"};
  {
    auto database = *Database::open(path);
    EXPECT_TRUE(database.migrate(one));
    EXPECT_TRUE(database.migrate(one));
    EXPECT_TRUE(database.migrate(two));
    EXPECT_TRUE(database.execute("INSERT INTO a(x, y) VALUES(1, 2)"));
  }
  auto database = *Database::open(path);
  EXPECT_EQ(database.migrate(one).error().code, ErrorCode::kInvalidConfiguration);
}

}  // namespace
}  // namespace strait::store
