#include "actors/postgres_pool.hpp"

#include "tests/support/actor_test.hpp"
#include "tests/support/postgres_server.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;

/// An asker and a pool of one connection, on one loop.
struct postgres_pool_test : actor_test {
  using self_type = interlocutor::self_type;

  static postgres::pool_options one_connection() {
    static test::postgres_server server;
    postgres::pool_options options;
    options.connection.conninfo = server.conninfo();
    options.max_size = 1;
    return options;
  }

  /// Asks for a session and waits so long for the answer, while the pool has all the time it wants.
  void ask_within(std::chrono::milliseconds patience) {
    why = ec::none;
    lent = {};
    auto asker = spawn<interlocutor>(system, here(), [this, patience](self_type self) {
      sql_lease wish;
      wish.deadline = loop.now() + 1h;
      ask(self, pool, patience, lease_atom::value, sql_lease_wish{std::move(wish)})
          .then([this](sql_leased& answer) { lent = answer.take(); },
                [this](const error& failed) { why = code_of(failed); });
    });
    caf::anon_send(asker, check_atom::value);
    settle();
    askers.push_back(asker);
  }

  /// Opens a transaction, likewise.
  void begin_within(std::chrono::milliseconds patience) {
    lent = {};
    auto asker = spawn<interlocutor>(system, here(), [this, patience](self_type self) {
      sql_request statement;
      statement.what = sql_request::kind::bound;
      statement.text = "select 1";
      statement.sets.resize(1);
      statement.opens_transaction = true;
      statement.deadline = loop.now() + 1h;
      ask(self, pool, patience, run_atom::value, sql_request_parcel{std::move(statement)})
          .then([this](sql_reply_parcel& answer) { lent = answer.take().lent; },
                [this](const error& failed) { why = code_of(failed); });
    });
    caf::anon_send(asker, check_atom::value);
    settle();
    askers.push_back(asker);
  }

  /// The server takes time that is not the test's.
  bool comes_true(const std::function<bool()>& what) {
    const auto end = clock::now() + 20s;
    while (!what() && clock::now() < end) settle();
    return what();
  }

  placement where = here();
  postgres_pool_actor pool =
      spawn<postgres_pool>(system, where, std::ref(loop.io()), one_connection());
  std::vector<interlocutor::interface> askers;
  sql_lent lent;
  ec why = ec::none;
};

TEST_F(postgres_pool_test, TakesBackASessionWhoseAnswerComesTooLate) {
  ask_within(1h);
  ASSERT_TRUE(comes_true([&] { return lent.id != 0; }));
  const auto first = lent.id;
  ask_within(10ms);
  advance(20ms);
  EXPECT_EQ(why, ec::timed_out);
  caf::anon_send(pool, return_atom::value, first);
  ASSERT_TRUE(comes_true([&] { return where.counts->total("leases").load() == 2; }));
  EXPECT_TRUE(comes_true([&] { return where.counts->level("leased").load() == 0; }));
  ask_within(1h);
  EXPECT_TRUE(comes_true([&] { return lent.id != 0; }));
}

TEST_F(postgres_pool_test, TakesBackASessionWhoseAskerHasEnded) {
  ask_within(1h);
  ASSERT_TRUE(comes_true([&] { return lent.id != 0; }));
  const auto first = lent.id;
  ask_within(1h);
  caf::anon_send_exit(askers.back(), caf::exit_reason::user_shutdown);
  settle();
  caf::anon_send(pool, return_atom::value, first);
  ASSERT_TRUE(comes_true([&] { return where.counts->total("leases").load() == 2; }));
  EXPECT_TRUE(comes_true([&] { return where.counts->level("leased").load() == 0; }));
}

TEST_F(postgres_pool_test, TakesBackATransactionWhoseAskerHasEnded) {
  ask_within(1h);
  ASSERT_TRUE(comes_true([&] { return lent.id != 0; }));
  const auto first = lent.id;
  begin_within(1h);
  caf::anon_send_exit(askers.back(), caf::exit_reason::user_shutdown);
  settle();
  caf::anon_send(pool, return_atom::value, first);
  ASSERT_TRUE(comes_true([&] { return where.counts->total("leases").load() == 2; }));
  EXPECT_TRUE(comes_true([&] { return where.counts->level("leased").load() == 0; }));
}

TEST_F(postgres_pool_test, LeavesATransactionWithWhoeverTookIt) {
  begin_within(1h);
  ASSERT_TRUE(comes_true([&] { return lent.id != 0; }));
  EXPECT_EQ(where.counts->level("leased").load(), 1);
  caf::anon_send(pool, return_atom::value, lent.id);
  EXPECT_TRUE(comes_true([&] { return where.counts->level("idle").load() == 1; }));
}

TEST_F(postgres_pool_test, LeavesASessionWithWhoeverTookIt) {
  ask_within(1h);
  ASSERT_TRUE(comes_true([&] { return lent.id != 0; }));
  settle();
  EXPECT_EQ(where.counts->level("leased").load(), 1);
}

}  // namespace
}  // namespace puff
