// SPDX-License-Identifier: Apache-2.0
#include "desk/sqlite_request_store.h"

#include <algorithm>
#include <array>

#include "codec/json.h"
#include "desk/request_row.h"

namespace strait::desk {
namespace {

// Times are microseconds since the epoch. `details` is the JSON of what only people read.
constexpr std::array<std::string_view, 1> kSchema{R"sql(
CREATE TABLE requests (
  id TEXT PRIMARY KEY,
  digest TEXT NOT NULL,
  state INTEGER NOT NULL,
  published INTEGER NOT NULL DEFAULT 0,
  told INTEGER NOT NULL DEFAULT 0,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  action TEXT NOT NULL,
  approvals_required INTEGER NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  grant_for INTEGER NOT NULL,
  earlier INTEGER NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  details TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_pending_request ON requests(digest) WHERE state = 0;
CREATE INDEX requests_by_digest ON requests(digest, created);
CREATE INDEX requests_by_asker ON requests(issuer, subject, action);
CREATE TABLE decisions (
  id INTEGER PRIMARY KEY,
  request TEXT NOT NULL REFERENCES requests(id),
  approve INTEGER NOT NULL,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  display TEXT NOT NULL,
  reason TEXT NOT NULL,
  names TEXT NOT NULL,
  at INTEGER NOT NULL,
  counted INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX decisions_by_request ON decisions(request);
CREATE TABLE grants (
  id TEXT PRIMARY KEY,
  request TEXT NOT NULL UNIQUE REFERENCES requests(id),
  digest TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  consumed_at INTEGER,
  consumed_by TEXT
) STRICT;
CREATE INDEX grants_by_digest ON grants(digest) WHERE consumed_at IS NULL;
)sql"};

constexpr int kPending = static_cast<int>(RequestState::kPending);
constexpr int kApproved = static_cast<int>(RequestState::kApproved);
constexpr int kDenied = static_cast<int>(RequestState::kDenied);
constexpr int kExpired = static_cast<int>(RequestState::kExpired);

std::int64_t micros(Timestamp time) { return time.time_since_epoch().count(); }
Timestamp timestamp(std::int64_t micros) { return Timestamp(std::chrono::microseconds(micros)); }

std::unexpected<Error> conflict(std::string why) {
  return fail(ErrorCode::kConflict, std::move(why));
}

// Columns of `requests` in the order that read_request() wants.
constexpr std::string_view kSelect =
    "SELECT id, digest, state, issuer, subject, action, approvals_required, created, expires, "
    "grant_for, earlier, reason, "
    "details, published FROM requests ";

Result<Request> read_request(const store::Statement& row) {
  Request request;
  const auto id = RequestId::parse(row.column_text(0));
  if (!id) return fail(ErrorCode::kInternal, "a request in the store has no valid id");
  request.id = *id;
  request.digest = row.column_text(1);
  request.state = static_cast<RequestState>(row.column_int(2));
  request.issuer = row.column_text(3);
  request.subject = row.column_text(4);
  request.action = row.column_text(5);
  request.approvals_required = static_cast<int>(row.column_int(6));
  request.created = timestamp(row.column_int(7));
  request.expires = timestamp(row.column_int(8));
  request.grant_for = Seconds(row.column_int(9));
  request.earlier = static_cast<int>(row.column_int(10));
  request.reason = row.column_text(11);
  CHECK_OK(read_details(row.column_text(12), request));
  return request;
}

Status read_decisions(store::Database& database, Request& request) {
  TRY(auto rows,
      database.prepare(
          "SELECT approve, issuer, subject, display, reason, at FROM decisions WHERE request = ?1 "
          "AND counted = 1 ORDER BY id"));
  rows.bind(1, request.id.str());
  for (;;) {
    TRY(const bool more, rows.step());
    if (!more) return {};
    request.decisions.push_back({rows.column_int(0) != 0, rows.column_text(1), rows.column_text(2),
                                 rows.column_text(3), rows.column_text(4),
                                 timestamp(rows.column_int(5))});
  }
}

Status read_grant(store::Database& database, Request& request) {
  TRY(auto row, database.prepare("SELECT id, expires, consumed_at FROM grants WHERE request = ?1"));
  row.bind(1, request.id.str());
  TRY(const bool found, row.step());
  if (!found) return {};
  request.grant = GrantId::parse(row.column_text(0));
  request.grant_expires = timestamp(row.column_int(1));
  request.consumed = !row.column_is_null(2);
  return {};
}

Result<Request> load(store::Database& database, std::string_view id, bool unpublished_too) {
  TRY(auto row, database.prepare(std::string(kSelect) + "WHERE id = ?1"));
  row.bind(1, id);
  TRY(const bool found, row.step());
  if (!found || (!unpublished_too && row.column_int(13) == 0)) {
    return fail(ErrorCode::kNotFound, "there is no request " + quoted(id));
  }
  TRY(auto request, read_request(row));
  CHECK_OK(read_decisions(database, request));
  CHECK_OK(read_grant(database, request));
  return request;
}

// `statement` selects ids. Loads each request behind them.
Result<std::vector<Request>> load_all(store::Database& database, store::Statement statement) {
  std::vector<std::string> ids;
  for (;;) {
    TRY(const bool more, statement.step());
    if (!more) break;
    ids.push_back(statement.column_text(0));
  }
  std::vector<Request> requests;
  for (const auto& id : ids) {
    TRY(auto request, load(database, id, false));
    requests.push_back(std::move(request));
  }
  return requests;
}

Result<int> count_earlier(store::Database& database, const Request& request) {
  TRY(auto row,
      database.prepare(
          "SELECT count(*) FROM requests WHERE issuer = ?1 AND subject = ?2 AND action = ?3 AND "
          "state = ?4"));
  row.bind(1, request.issuer).bind(2, request.subject).bind(3, request.action).bind(4, kApproved);
  CHECK_OK(row.step());
  return static_cast<int>(row.column_int(0));
}

Status insert(store::Database& database, const Request& request) {
  TRY(auto row, database.prepare("INSERT INTO requests (id, digest, state, issuer, subject, "
                                 "action, approvals_required, created, "
                                 "expires, grant_for, earlier, reason, details) VALUES "
                                 "(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)"));
  row.bind(1, request.id.str()).bind(2, request.digest).bind(3, kPending).bind(4, request.issuer);
  row.bind(5, request.subject).bind(6, request.action).bind(7, request.approvals_required);
  row.bind(8, micros(request.created))
      .bind(9, micros(request.expires))
      .bind(10, request.grant_for.count());
  row.bind(11, request.earlier).bind(12, request.reason).bind(13, write_details(request));
  return row.run();
}

// A human speaks once to a request, under whatever account.
Status refuse_second_word(store::Database& database, const RequestId& id, const Lineage& names) {
  TRY(auto rows,
      database.prepare("SELECT names, display FROM decisions WHERE request = ?1 AND counted = 1"));
  rows.bind(1, id.str());
  for (;;) {
    TRY(const bool more, rows.step());
    if (!more) return {};
    if (names.meets({read_texts(rows.column_text(0))})) {
      return conflict(rows.column_text(1) + " has already decided; another person must");
    }
  }
}

Status still_pending(const Request& request, Timestamp now) {
  if (request.state != RequestState::kPending)
    return conflict("the request is already " + std::string(name(request.state)));
  if (request.expires <= now) return conflict("the request has expired; nothing happened");
  return {};
}

int approvals(const Request& request) {
  return static_cast<int>(std::ranges::count(request.decisions, true, &Decision::approve));
}

Status set_state(store::Database& database, std::string_view id, int state) {
  TRY(auto row, database.prepare("UPDATE requests SET state = ?2 WHERE id = ?1 AND state = 0"));
  row.bind(1, id).bind(2, state);
  CHECK_OK(row.run());
  return database.changes() == 1 ? Status() : conflict("the request was decided at the same time");
}

Status expire_all(store::Database& database, Timestamp now) {
  TRY(auto row,
      database.prepare("UPDATE requests SET state = ?2 WHERE state = 0 AND expires <= ?1"));
  row.bind(1, micros(now)).bind(2, kExpired);
  return row.run();
}

}  // namespace

Result<std::unique_ptr<SqliteRequestStore>> SqliteRequestStore::at(const std::string& path) {
  TRY(auto database, store::Database::open(path));
  CHECK_OK(database.migrate(kSchema));
  return std::unique_ptr<SqliteRequestStore>(new SqliteRequestStore(std::move(database)));
}

Result<Opened> SqliteRequestStore::open(const Request& request, Timestamp now) {
  const std::lock_guard lock(mutex_);
  return database_.transaction([&]() -> Result<Opened> {
    CHECK_OK(expire_all(database_, now));
    // A denial stands until the request would have expired: asking again does not wear an approver
    // down.
    TRY(auto live,
        database_.prepare(
            "SELECT id, published FROM requests WHERE digest = ?1 AND state IN (0, 2) AND "
            "expires > ?2 ORDER BY created DESC LIMIT 1"));
    live.bind(1, request.digest).bind(2, micros(now));
    TRY(const bool found, live.step());
    if (found) {
      const bool published = live.column_int(1) != 0;
      TRY(auto stored, load(database_, live.column_text(0), true));
      return Opened{std::move(stored), published};
    }
    Opened opened{request, false};
    TRY(opened.request.earlier, count_earlier(database_, request));
    CHECK_OK(insert(database_, opened.request));
    return opened;
  });
}

Status SqliteRequestStore::publish(const RequestId& id) {
  const std::lock_guard lock(mutex_);
  TRY(auto row, database_.prepare("UPDATE requests SET published = 1 WHERE id = ?1"));
  return row.bind(1, id.str()).run();
}

Result<Request> SqliteRequestStore::find(const RequestId& id) {
  const std::lock_guard lock(mutex_);
  return load(database_, id.str(), false);
}

Result<std::vector<Request>> SqliteRequestStore::list(bool pending_only, Timestamp now, int limit) {
  const std::lock_guard lock(mutex_);
  const std::string which = pending_only ? "AND state = 0 AND expires > ?1 " : "AND ?1 = ?1 ";
  TRY(auto rows, database_.prepare("SELECT id FROM requests WHERE published = 1 " + which +
                                   "ORDER BY id DESC LIMIT ?2"));
  rows.bind(1, micros(now)).bind(2, limit);
  return load_all(database_, std::move(rows));
}

Result<Proposal> SqliteRequestStore::propose(const RequestId& id, const Decision& decision,
                                             const Lineage& names, Timestamp now) {
  const std::lock_guard lock(mutex_);
  return database_.transaction([&]() -> Result<Proposal> {
    TRY(auto request, load(database_, id.str(), false));
    CHECK_OK(still_pending(request, now));
    CHECK_OK(refuse_second_word(database_, id, names));
    TRY(auto row,
        database_.prepare(
            "INSERT INTO decisions (request, approve, issuer, subject, display, reason, names, at) "
            "VALUES (?1,?2,?3,?4,?5,?6,?7,?8)"));
    row.bind(1, id.str())
        .bind(2, decision.approve ? 1 : 0)
        .bind(3, decision.issuer)
        .bind(4, decision.subject);
    row.bind(5, decision.display)
        .bind(6, decision.reason)
        .bind(7, write_texts(names.names))
        .bind(8, micros(now));
    CHECK_OK(row.run());
    const bool completes = decision.approve && approvals(request) + 1 >= request.approvals_required;
    return Proposal{database_.last_insert_id(), completes, std::move(request)};
  });
}

Result<Request> SqliteRequestStore::confirm(std::int64_t decision, const GrantId& grant,
                                            Timestamp now) {
  const std::lock_guard lock(mutex_);
  return database_.transaction([&]() -> Result<Request> {
    TRY(auto row,
        database_.prepare(
            "SELECT request, approve, names FROM decisions WHERE id = ?1 AND counted = 0"));
    row.bind(1, decision);
    TRY(const bool found, row.step());
    if (!found) return fail(ErrorCode::kNotFound, "there is no such decision to confirm");
    const auto id = row.column_text(0);
    const bool approve = row.column_int(1) != 0;
    const Lineage names{read_texts(row.column_text(2))};
    TRY(const auto request, load(database_, id, false));
    CHECK_OK(still_pending(request, now));
    CHECK_OK(refuse_second_word(database_, request.id, names));
    TRY(auto count, database_.prepare("UPDATE decisions SET counted = 1 WHERE id = ?1"));
    CHECK_OK(count.bind(1, decision).run());
    if (!approve) CHECK_OK(set_state(database_, id, kDenied));
    if (approve && approvals(request) + 1 >= request.approvals_required) {
      if (grant.empty()) return conflict("another approval came at the same time; approve again");
      CHECK_OK(set_state(database_, id, kApproved));
      TRY(auto made, database_.prepare("INSERT INTO grants (id, request, digest, created, expires) "
                                       "VALUES (?1,?2,?3,?4,?5)"));
      made.bind(1, grant.str()).bind(2, id).bind(3, request.digest).bind(4, micros(now));
      CHECK_OK(made.bind(5, micros(now + request.grant_for)).run());
    }
    return load(database_, id, false);
  });
}

Result<std::optional<Consumed>> SqliteRequestStore::consume(std::string_view digest,
                                                            std::string_view call, Timestamp now) {
  const std::lock_guard lock(mutex_);
  return database_.transaction([&]() -> Result<std::optional<Consumed>> {
    TRY(auto row,
        database_.prepare(
            "UPDATE grants SET consumed_at = ?1, consumed_by = ?2 WHERE consumed_at IS NULL AND id "
            "= "
            "(SELECT id FROM grants WHERE digest = ?3 AND consumed_at IS NULL AND expires > ?1 "
            "ORDER BY created LIMIT 1) RETURNING id, request"));
    row.bind(1, micros(now)).bind(2, call).bind(3, digest);
    TRY(const bool got, row.step());
    if (!got) return std::nullopt;
    const auto grant = GrantId::parse(row.column_text(0));
    const auto request_id = row.column_text(1);
    CHECK_OK(row.step());
    TRY(const auto request, load(database_, request_id, false));
    if (!grant) return fail(ErrorCode::kInternal, "a grant in the store has no valid id");
    Consumed consumed{*grant, request.id, {}};
    for (const auto& decision : request.decisions) {
      if (decision.approve) consumed.approvers.push_back(decision.issuer + "|" + decision.subject);
    }
    return consumed;
  });
}

Result<std::vector<Request>> SqliteRequestStore::expire(Timestamp now) {
  const std::lock_guard lock(mutex_);
  CHECK_OK(expire_all(database_, now));
  TRY(auto rows,
      database_.prepare("SELECT id FROM requests WHERE state = ?1 AND told = 0 AND published = 1"));
  rows.bind(1, kExpired);
  return load_all(database_, std::move(rows));
}

Status SqliteRequestStore::told(const RequestId& id) {
  const std::lock_guard lock(mutex_);
  TRY(auto row, database_.prepare("UPDATE requests SET told = 1 WHERE id = ?1"));
  return row.bind(1, id.str()).run();
}

Status SqliteRequestStore::give_reason(const RequestId& id, std::string_view reason,
                                       Timestamp now) {
  const std::lock_guard lock(mutex_);
  TRY(auto row,
      database_.prepare(
          "UPDATE requests SET reason = ?2 WHERE id = ?1 AND state = 0 AND expires > ?3"));
  CHECK_OK(row.bind(1, id.str()).bind(2, reason).bind(3, micros(now)).run());
  return database_.changes() == 1 ? Status() : conflict("the request is no longer waiting");
}

}  // namespace strait::desk
