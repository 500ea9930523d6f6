// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <mutex>
#include <string>

#include "desk/request_store.h"
#include "store/database.h"

namespace strait::desk {

// The embedded store: tables requests, lineage, decisions and grants in an SQLite file of their
// own. One connection behind one lock; other processes (the CLI) may open the same file.
class SqliteRequestStore final : public RequestStore {
 public:
  static Result<std::unique_ptr<SqliteRequestStore>> at(const std::string& path);

  Result<Opened> open(const Request& request, Timestamp now) override;
  Status publish(const RequestId& id) override;
  Result<Request> find(const RequestId& id) override;
  Result<std::vector<Request>> list(bool pending_only, Timestamp now, int limit) override;
  Result<Proposal> propose(const RequestId& id, const Decision& decision, const Lineage& names,
                           Timestamp now) override;
  Result<Request> confirm(std::int64_t decision, const GrantId& grant, Timestamp now) override;
  Result<std::optional<Consumed>> consume(std::string_view digest, std::string_view call,
                                          Timestamp now) override;
  Result<std::vector<Request>> expire(Timestamp now) override;
  Status told(const RequestId& id) override;
  Status give_reason(const RequestId& id, std::string_view reason, Timestamp now) override;

 private:
  explicit SqliteRequestStore(store::Database database) : database_(std::move(database)) {}

  std::mutex mutex_;  // guards database_
  store::Database database_;
};

}  // namespace strait::desk
