#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "schemas/error.hpp"
#include "schemas/sql.hpp"
#include "services/graphql/execute/reply.hpp"

namespace puff::graphql {

/// One statement with $1, $2, .. and what is bound to them.
struct sql_statement {
  std::string text;
  std::vector<std::uint32_t> types;  ///< OIDs; 0: the server decides
  sql_values values;
  /// Nothing else runs in its transaction, so that it can do without a BEGIN.
  bool is_whole_transaction = false;
};

/// A failed statement is a result (`result_kind::error`), a failed connection an error.
using sql_answer = expected<std::shared_ptr<const pg_result>>;

/// Runs the SQL of one request. What runs at the same time and on which connections is its affair;
/// between `begin` and `commit` or `rollback` everything is one transaction. Used, and answers, on
/// the execution's thread.
class sql_executor {
 public:
  virtual ~sql_executor() = default;

  virtual void run(sql_statement statement, reply<sql_answer> done) = 0;

  /// The session of the transaction under way, or else one for the rest of the request: for code
  /// that speaks to the database by itself. It is given back with the request.
  virtual void lend(reply<expected<session_id>> done) {
    done(make_error(ec::not_found, "this request has no database"));
  }

  // Around each root field of a mutation. A statement that is all of it is committed when it has
  // succeeded, unless something else has run before. An empty error is success. A commit that the
  // server turned into a rollback is an error. Without overriding them there are no transactions.
  virtual void begin(reply<error> done) { done(error{}); }
  virtual void commit(reply<error> done) { done(error{}); }
  virtual void rollback(reply<error> done) { done(error{}); }
};

}  // namespace puff::graphql
