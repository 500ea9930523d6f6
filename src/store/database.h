// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

// SQLite with the settings that durable control state needs: WAL, synchronous FULL (a committed
// transaction survives a power cut), foreign keys on, and a busy timeout for the odd second reader
// such as the CLI. Thin on purpose: SQL stays SQL. A Database and its Statements belong to one
// thread at a time; they lock nothing. Every call may wait for the disk, so waiting rooms call it
// from a blocking thread or keep it off the hot path. Errors are kIo (the disk), kConflict (a
// constraint, or the database stayed locked) or kInternal (our SQL is wrong).
namespace strait::store {

class Statement {
 public:
  Statement() = default;
  Statement(Statement&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  // Parameters count from 1, as SQLite's ?1. Text is copied. Binding out of range ends the process:
  // it is our mistake. Text that is not valid UTF-8 belongs in bind_blob. Each returns *this, so
  // that binds can be chained.
  Statement& bind(int parameter, std::string_view text);
  Statement& bind(int parameter, const char* text) {
    return bind(parameter, std::string_view(text));
  }
  Statement& bind(int parameter, std::int64_t number);
  template <std::integral T>
  Statement& bind(int parameter, T number) {
    return bind(parameter, static_cast<std::int64_t>(number));
  }
  Statement& bind_blob(int parameter, std::string_view bytes);
  Statement& bind_null(int parameter);

  // True when a row is there to be read, false at the end. An error, or false, resets the
  // statement; its bindings stay.
  Result<bool> step();
  // Runs a statement that gives no rows, and resets it.
  Status run();
  Statement& reset();  // ready to step again, bindings cleared

  // Columns count from 0. Text and blobs are copied; NULL reads as "" and 0.
  std::string column_text(int column) const;
  std::string column_blob(int column) const;
  std::int64_t column_int(int column) const;
  bool column_is_null(int column) const;

 private:
  friend class Database;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  void check(int code) const;
  sqlite3_stmt* statement_ = nullptr;
};

class Database {
 public:
  // Opens or creates `path` (mode 0600). ":memory:" gives a private database for tests.
  static Result<Database> open(const std::string& path, std::chrono::milliseconds busy_timeout =
                                                            std::chrono::milliseconds(5000));
  // Opens an existing database for reading only: the CLI beside a running gateway.
  static Result<Database> open_read_only(
      const std::string& path,
      std::chrono::milliseconds busy_timeout = std::chrono::milliseconds(5000));

  Database(Database&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Database& operator=(Database&& other) noexcept;
  ~Database();

  Result<Statement> prepare(std::string_view sql);  // exactly one statement
  Status execute(const std::string& sql);  // one or more statements without parameters or rows
  std::int64_t changes() const;            // rows changed by the last INSERT, UPDATE or DELETE
  std::int64_t last_insert_id() const;

  // Runs `work`, a callable that returns a Result or Status, inside BEGIN IMMEDIATE ... COMMIT. An
  // error from `work` or from COMMIT rolls everything back and is returned. A crash before COMMIT
  // returns: nothing happened, or all of it.
  template <class Work>
  auto transaction(Work&& work) -> decltype(work()) {
    CHECK_OK(execute("BEGIN IMMEDIATE"));
    auto outcome = std::forward<Work>(work)();
    if (!outcome) {
      roll_back();
      return outcome;
    }
    if (auto committed = execute("COMMIT"); !committed) {
      roll_back();
      return std::unexpected(std::move(committed).error());
    }
    return outcome;
  }

  // `user_version`, for numbered schema steps: runs steps[version..] in one transaction each and
  // counts up. A database from a newer Strait (version > steps.size()) is refused.
  Status migrate(std::span<const std::string_view> steps);

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}
  static Result<Database> open_with(const std::string& path, int flags,
                                    std::chrono::milliseconds busy_timeout);
  void roll_back() noexcept;
  sqlite3* handle_ = nullptr;
};

}  // namespace strait::store
