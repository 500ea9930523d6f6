// SPDX-License-Identifier: Apache-2.0
#include "store/database.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace strait::store {
namespace {

std::unexpected<Error> sqlite_error(sqlite3* handle, std::string_view doing) {
  const int code = handle == nullptr ? SQLITE_NOMEM : sqlite3_extended_errcode(handle);
  const char* text = handle == nullptr ? "out of memory" : sqlite3_errmsg(handle);
  auto detail = fmt::format("sqlite: {}: {} ({})", doing, text, code);
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
      return fail(ErrorCode::kConflict, "the stored state forbids it", detail);
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return fail(ErrorCode::kConflict, "the database is busy", detail);
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_MISMATCH:
      return fail(ErrorCode::kInternal, "a database statement is wrong", detail);
    default: return fail(ErrorCode::kIo, "the database cannot be used", detail);
  }
}

}  // namespace

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(statement_, other.statement_);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::check(int code) const {
  if (code == SQLITE_OK) return;
  std::fprintf(stderr, "database: a parameter cannot be bound to: %s\n", sqlite3_sql(statement_));
  std::abort();
}

Statement& Statement::bind(int parameter, std::string_view text) {
  check(sqlite3_bind_text64(statement_, parameter, text.data() == nullptr ? "" : text.data(),
                            text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind(int parameter, std::int64_t number) {
  check(sqlite3_bind_int64(statement_, parameter, number));
  return *this;
}

Statement& Statement::bind_blob(int parameter, std::string_view bytes) {
  check(sqlite3_bind_blob64(statement_, parameter, bytes.data() == nullptr ? "" : bytes.data(),
                            bytes.size(), SQLITE_TRANSIENT));
  return *this;
}

Statement& Statement::bind_null(int parameter) {
  check(sqlite3_bind_null(statement_, parameter));
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  // The error is taken before the reset, which may overwrite it.
  Result<bool> outcome = false;
  if (code != SQLITE_DONE)
    outcome = sqlite_error(sqlite3_db_handle(statement_), sqlite3_sql(statement_));
  sqlite3_reset(statement_);
  return outcome;
}

Status Statement::run() {
  auto row = step();
  sqlite3_reset(statement_);
  if (!row) return std::unexpected(std::move(row).error());
  return {};
}

Statement& Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  return *this;
}

std::string Statement::column_text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string Statement::column_blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::int64_t Statement::column_int(int column) const {
  return sqlite3_column_int64(statement_, column);
}

bool Statement::column_is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Result<Database> Database::open_with(const std::string& path, int flags,
                                     std::chrono::milliseconds busy_timeout) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle,
                                   flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  Database database(handle);
  if (code != SQLITE_OK) return sqlite_error(handle, "open " + path);
  sqlite3_busy_timeout(handle, static_cast<int>(busy_timeout.count()));
  CHECK_OK(database.execute("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF"));
  return database;
}

Result<Database> Database::open(const std::string& path, std::chrono::milliseconds busy_timeout) {
  TRY(auto database, open_with(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, busy_timeout));
  if (path != ":memory:" && ::chmod(path.c_str(), 0600) != 0) {
    return fail(ErrorCode::kIo, "the database file's permissions cannot be set to 0600", path);
  }
  CHECK_OK(database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"));
  return database;
}

Result<Database> Database::open_read_only(const std::string& path,
                                          std::chrono::milliseconds busy_timeout) {
  return open_with(path, SQLITE_OPEN_READONLY, busy_timeout);
}

Database& Database::operator=(Database&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

Database::~Database() { sqlite3_close_v2(handle_); }

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, &tail);
  Statement prepared(statement);
  if (code != SQLITE_OK) return sqlite_error(handle_, sql);
  const std::string_view rest(tail, static_cast<std::size_t>(sql.data() + sql.size() - tail));
  if (statement == nullptr || rest.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    return fail(ErrorCode::kInternal, "prepare takes exactly one statement", std::string(sql));
  }
  return prepared;
}

Status Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return sqlite_error(handle_, sql);
  return {};
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }

std::int64_t Database::last_insert_id() const { return sqlite3_last_insert_rowid(handle_); }

void Database::roll_back() noexcept {
  // After some errors SQLite has rolled back by itself; then this one has nothing to do.
  if (sqlite3_get_autocommit(handle_) == 0)
    sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

Status Database::migrate(std::span<const std::string_view> steps) {
  std::size_t version = 0;
  {
    TRY(auto statement, prepare("PRAGMA user_version"));
    CHECK_OK(statement.step());
    version = static_cast<std::size_t>(statement.column_int(0));
  }
  if (version > steps.size()) {
    return fail(ErrorCode::kInvalidConfiguration,
                "the database was written by a newer strait; run that version",
                fmt::format("schema version {} is above {}", version, steps.size()));
  }
  for (; version < steps.size(); ++version) {
    const auto apply = [&]() -> Status {
      CHECK_OK(execute(std::string(steps[version])));
      return execute(fmt::format("PRAGMA user_version = {}", version + 1));
    };
    CHECK_OK(transaction(apply));
  }
  return {};
}

}  // namespace strait::store
