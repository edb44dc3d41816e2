#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "actors/core/pinned.hpp"
#include "actors/core/resource.hpp"
#include "actors/interfaces.hpp"
#include "services/graphql/execute/sql_executor.hpp"

namespace puff::internal {

/// An actor that asks a PostgreSQL pool, as long as it lives.
struct sql_asker {
  using self_type = pinned<graphql_resolver_actor::base>;
  self_type* self = nullptr;  ///< null when it has ended
  resource<postgres_pool_actor> pool;
};

/// Where the SQL of one request runs.
struct sql_place {
  resource<postgres_pool_actor> pool;
  session_id session = 0;  ///< not 0: all of it there, as it is
  std::chrono::steady_clock::time_point deadline;
};

/// Runs the SQL of one request by a pool of PostgreSQL.
///
/// - Statements of a query are prepared, and pipelined with those of others on several connections.
/// - A transaction has a session for itself, lent when its first statement comes: a root field of a
///   mutation that runs no SQL costs none. That statement goes together with BEGIN, and COMMIT
///   gives the session back: two flights. A statement that is its whole transaction runs as those
///   of queries do.
/// - Where a session is lent for code that speaks to the database by itself, it does not wait for
///   the answer to BEGIN; should that have failed, the commit tells.
/// - What is cancelled is cancelled on the server.
class pool_sql final : public graphql::sql_executor, public std::enable_shared_from_this<pool_sql> {
 public:
  pool_sql(std::shared_ptr<const sql_asker> by, sql_place where);
  ~pool_sql() override;

  void run(graphql::sql_statement statement, graphql::reply<graphql::sql_answer> done) override;
  void lend(graphql::reply<expected<session_id>> done) override;
  void begin(graphql::reply<error> done) override;
  void commit(graphql::reply<error> done) override;
  void rollback(graphql::reply<error> done) override;

 private:
  using statement_reply = graphql::reply<graphql::sql_answer>;
  using ended = std::function<void(expected<sql_reply>)>;
  using with_session = std::function<void(const expected<session_id>&)>;
  enum class transaction : std::uint8_t { none, wanted, opening, open };

  void run_first(graphql::sql_statement statement, statement_reply done);
  void run_on(session_id session, graphql::sql_statement statement, statement_reply done);
  void send(sql_request request, ended done);
  void in_transaction(with_session then);
  void lease(with_session then);
  void leased(const expected<session_id>& given);
  void opened(const expected<session_id>& given);
  void settle(std::string text, graphql::reply<error> done);
  void give_back(session_id session);
  error shown(const error& why) const;

  std::shared_ptr<const sql_asker> by_;
  sql_place where_;
  transaction state_ = transaction::none;
  session_id session_ = 0;  // of the transaction
  session_id kept_ = 0;     // lent outside of transactions
  std::uint64_t turn_ = 0;  // counts transactions, so that a late lease is known
  error begin_failed_;
  std::vector<with_session> waiting_;
};

}  // namespace puff::internal
