#include "actors/internal/pool_sql.hpp"

#include "actors/core/ask.hpp"
#include "services/postgres/result_view.hpp"
#include "services/telemetry/log.hpp"

namespace puff::internal {
namespace {

using graphql::sql_answer;
using graphql::sql_statement;
using postgres::result_view;

/// The pool keeps deadlines itself; its own answer is the better one.
constexpr auto grace = std::chrono::seconds{1};
/// Of sessions, for people who wonder where they are.
constexpr auto holder = "graphql";

sql_answer answer_of(sql_reply reply) {
  if (reply.results.empty()) return make_error(ec::internal, "PostgreSQL gave no result");
  return std::shared_ptr<const pg_result>{std::move(reply.results.back())};
}

sql_request request_of(sql_statement statement) {
  sql_request request;
  request.what = sql_request::kind::bound;
  request.text = std::move(statement.text);
  request.types = std::move(statement.types);
  request.sets.push_back(std::move(statement.values));
  request.ticket = next_graphql_ticket();
  return request;
}

/// What went wrong with BEGIN, COMMIT or ROLLBACK.
error fault_of(const expected<sql_reply>& reply) {
  if (!reply) return reply.error();
  if (reply->results.empty()) return make_error(ec::internal, "PostgreSQL gave no result");
  const result_view view{reply->results.back()};
  if (view.kind() == postgres::result_kind::error)
    return make_error(ec::server_error, std::string{view.error_field('M')});
  return {};
}

bool was_rolled_back(const expected<sql_reply>& reply) {
  return reply && !reply->results.empty() &&
         result_view{reply->results.back()}.command_tag() == "ROLLBACK";
}

}  // namespace

pool_sql::pool_sql(std::shared_ptr<const sql_asker> by, sql_place where)
    : by_(std::move(by)), where_(std::move(where)) {}

pool_sql::~pool_sql() {
  give_back(session_);
  give_back(kept_);
}

/// The client learns what kind of failure it was, the operator the rest.
error pool_sql::shown(const error& why) const {
  if (const auto text = context_of(why); !text.empty())
    log::write_limited(log::level::warning, "graphql", "sql", std::chrono::seconds{1}, text);
  return make_error(code_of(why));
}

void pool_sql::send(sql_request request, ended done) {
  if (by_->self == nullptr) return done(make_error(ec::shutting_down));
  request.deadline = where_.deadline;
  auto shared = std::make_shared<ended>(std::move(done));
  ask(by_->self, where_.pool, where_.deadline + grace, run_atom::value,
      sql_request_parcel{std::move(request)})
      .then([shared](sql_reply_parcel& reply) { (*shared)(reply.take()); },
            [shared](const error& why) { (*shared)(why); });
}

void pool_sql::run(sql_statement statement, statement_reply done) {
  const bool needs_none = state_ == transaction::wanted && statement.is_whole_transaction;
  if (state_ == transaction::none || needs_none)
    return run_on(where_.session, std::move(statement), std::move(done));
  if (state_ == transaction::open) return run_on(session_, std::move(statement), std::move(done));
  if (state_ == transaction::wanted) return run_first(std::move(statement), std::move(done));
  auto what = std::make_shared<std::pair<sql_statement, statement_reply>>(std::move(statement),
                                                                          std::move(done));
  in_transaction([this, what](const expected<session_id>& given) {
    if (!given) return what->second(sql_answer{given.error()});
    run_on(*given, std::move(what->first), std::move(what->second));
  });
}

void pool_sql::lend(graphql::reply<expected<session_id>> done) {
  if (where_.session != 0) return done(where_.session);
  if (state_ == transaction::open) return done(session_);
  auto owed = std::make_shared<graphql::reply<expected<session_id>>>(std::move(done));
  if (state_ != transaction::none)
    return in_transaction([owed](const expected<session_id>& given) { (*owed)(given); });
  if (kept_ != 0) return (*owed)(kept_);
  lease([this, owed](const expected<session_id>& given) {
    if (given) kept_ = *given;
    (*owed)(given);
  });
}

/// Once the transaction has its session. `then` may use this object.
void pool_sql::in_transaction(with_session then) {
  waiting_.push_back(std::move(then));
  if (state_ != transaction::wanted) return;
  state_ = transaction::opening;
  lease([this, turn = turn_](const expected<session_id>& given) {
    if (turn == turn_) return leased(given);
    if (given) give_back(*given);
  });
}

/// The first of a transaction: opens it.
void pool_sql::run_first(sql_statement statement, statement_reply done) {
  state_ = transaction::opening;
  auto request = request_of(std::move(statement));
  request.opens_transaction = true;
  request.holder = holder;
  done.when_cancelled([by = by_, pool = where_.pool, ticket = request.ticket] {
    if (const auto living = pool.get(); by->self != nullptr && living)
      by->self->send(*living, abandon_atom::value, ticket);
  });
  auto shared = std::make_shared<statement_reply>(std::move(done));
  send(std::move(request),
       [me = shared_from_this(), shared, turn = turn_](expected<sql_reply> reply) {
         const auto lent = reply ? reply->lent.id : 0;
         if (turn == me->turn_)
           me->opened(lent != 0 ? expected<session_id>{lent}
                      : reply   ? make_error(ec::server_error, "BEGIN failed")
                                : reply.error());
         else
           me->give_back(lent);
         (*shared)(reply ? answer_of(std::move(*reply)) : sql_answer{me->shown(reply.error())});
       });
}

void pool_sql::run_on(session_id session, sql_statement statement, statement_reply done) {
  auto request = request_of(std::move(statement));
  request.session = session;
  done.when_cancelled([by = by_, pool = where_.pool, session, ticket = request.ticket] {
    const auto living = pool.get();
    if (by->self == nullptr || !living) return;
    if (session == 0)
      by->self->send(*living, abandon_atom::value, ticket);
    else
      by->self->send(*living, cancel_atom::value, session);
  });
  auto shared = std::make_shared<statement_reply>(std::move(done));
  send(std::move(request), [me = shared_from_this(), shared](expected<sql_reply> reply) {
    (*shared)(reply ? answer_of(std::move(*reply)) : sql_answer{me->shown(reply.error())});
  });
}

void pool_sql::begin(graphql::reply<error> done) {
  if (where_.session == 0) state_ = transaction::wanted;
  begin_failed_ = {};
  done(error{});
}

/// `then` may use this object.
void pool_sql::lease(with_session then) {
  if (by_->self == nullptr) return then(make_error(ec::shutting_down));
  auto got = [me = shared_from_this(), then = std::move(then)](const expected<session_id>& given) {
    then(given);
  };
  sql_lease wish{holder, std::nullopt, where_.deadline};
  ask(by_->self, where_.pool, where_.deadline + grace, lease_atom::value,
      sql_lease_wish{std::move(wish)})
      .then([got](sql_leased& lent) { got(lent.take().id); },
            [got, me = shared_from_this()](const error& why) { got(me->shown(why)); });
}

void pool_sql::leased(const expected<session_id>& given) {
  if (given) {
    sql_request begin;
    begin.session = *given;
    begin.text = "BEGIN";
    send(std::move(begin), [me = shared_from_this()](const expected<sql_reply>& reply) {
      me->begin_failed_ = fault_of(reply);
    });
  }
  opened(given);
}

void pool_sql::opened(const expected<session_id>& given) {
  const auto waiting = std::exchange(waiting_, {});
  state_ = given ? transaction::open : transaction::wanted;
  if (given) session_ = *given;
  for (const auto& then : waiting) then(given);
}

void pool_sql::commit(graphql::reply<error> done) { settle("COMMIT", std::move(done)); }

void pool_sql::rollback(graphql::reply<error> done) { settle("ROLLBACK", std::move(done)); }

void pool_sql::settle(std::string text, graphql::reply<error> done) {
  const bool was_open = std::exchange(state_, transaction::none) == transaction::open;
  ++turn_;
  waiting_.clear();
  if (!was_open) return done(error{});
  const bool commits = text == "COMMIT";
  auto request = request_of({std::move(text), {}, {}});
  const auto session = std::exchange(session_, 0);
  request.session = session;
  request.gives_back = true;
  auto shared = std::make_shared<graphql::reply<error>>(std::move(done));
  send(std::move(request),
       [me = shared_from_this(), shared, commits, session](const expected<sql_reply>& reply) {
         if (!reply) me->give_back(session);  // perhaps the pool never got it
         auto fault = fault_of(reply);
         if (!fault && me->begin_failed_) fault = me->begin_failed_;
         if (!fault && commits && was_rolled_back(reply))
           fault = make_error(ec::server_error, "the transaction was rolled back");
         (*shared)(std::move(fault));
       });
}

/// The pool cancels what runs there and rolls back what is open.
void pool_sql::give_back(session_id session) {
  if (session == session_) session_ = 0;
  const auto living = where_.pool.get();
  if (session != 0 && living) caf::anon_send(*living, return_atom::value, session);
}

}  // namespace puff::internal
