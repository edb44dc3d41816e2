// Statements that open a transaction, and what ends it.
#include "tests/support/byte_proxy.hpp"
#include "tests/unit/services/postgres/pool_fixture.hpp"

namespace puff::postgres {
namespace {

struct postgres_pool_transactions : pool_fixture {
  postgres_pool_transactions() {
    besides(
        "drop table if exists opened; create table opened (n int unique deferrable "
        "initially deferred)");
  }

  /// Behind a proxy that counts flights.
  pool_options through(const test::byte_proxy& proxy) {
    auto o = up_to(1);
    o.connection.conninfo =
        "host=127.0.0.1 user=postgres dbname=postgres port=" + std::to_string(proxy.port());
    return o;
  }

  asked open(pool& with, sql_request statement, std::chrono::milliseconds in = 20s) {
    statement.opens_transaction = true;
    statement.holder = "an opener";
    return start(with, 0, std::move(statement), in);
  }
  asked insert(pool& with, int n, std::chrono::milliseconds in = 20s) {
    return open(with, bound("insert into opened values ($1)", {std::to_string(n)}), in);
  }
  asked end(pool& with, session_id id, std::string text = "commit",
            std::chrono::milliseconds in = 20s) {
    auto request = bound(std::move(text));
    request.gives_back = true;
    return start(with, id, std::move(request), in);
  }
  std::string end_now(pool& with, session_id id, std::string text = "commit") {
    auto o = end(with, id, std::move(text));
    wait_for(*o);
    return o->text();
  }
  session_id id_of(const asked& a) {
    wait_for(*a);
    return a->succeeded() ? a->reply().lent.id : 0;
  }
  /// Each COMMIT of this takes so long.
  void make_commits_slow(const std::string& seconds) {
    besides(
        "create or replace function slow() returns trigger language plpgsql as $$ begin perform "
        "pg_sleep(" +
        seconds +
        "); return null; end $$; create constraint trigger slow after insert on opened deferrable "
        "initially deferred for each row execute function slow()");
  }
  std::string rows() { return besides("select count(*) from opened"); }
};

TEST_F(postgres_pool_transactions, BeginWithTheirFirstStatement) {
  pool p{loop.io(), loop.wheel(), up_to(1)};
  auto opened = insert(p, 1);
  const auto id = id_of(opened);
  ASSERT_NE(id, 0u);
  EXPECT_EQ(opened->text(), "INSERT 0 1");
  EXPECT_EQ(opened->reply().transaction, transaction_status::open);
  EXPECT_EQ(run(p, id, bound("insert into opened values (2)")), "INSERT 0 1");
  EXPECT_EQ(rows(), "0");
  EXPECT_EQ(p.stats().leased, 1u);
  EXPECT_EQ(end_now(p, id), "COMMIT");
  EXPECT_EQ(rows(), "2");
  EXPECT_EQ(p.stats().leased, 0u);
  EXPECT_EQ(p.stats().idle, 1u);
  EXPECT_EQ(start(p, id, "select 1")->code(), ec::not_found);
}

TEST_F(postgres_pool_transactions, AreUndoneByARollback) {
  pool p{loop.io(), loop.wheel(), up_to(1)};
  EXPECT_EQ(end_now(p, id_of(insert(p, 1)), "rollback"), "ROLLBACK");
  EXPECT_EQ(rows(), "0");
  EXPECT_EQ(p.stats().idle, 1u);
}

TEST_F(postgres_pool_transactions, AreLentWhenTheirStatementFails) {
  pool p{loop.io(), loop.wheel(), up_to(1)};
  auto failed = open(p, bound("select 1 / $1::int", {"0"}));
  const auto id = id_of(failed);
  EXPECT_EQ(failed->text(), "22012");
  EXPECT_EQ(failed->reply().transaction, transaction_status::failed);
  ASSERT_NE(id, 0u);
  EXPECT_EQ(end_now(p, id), "ROLLBACK");
  EXPECT_EQ(p.stats().idle, 1u);
}

TEST_F(postgres_pool_transactions, TakeTwoFlights) {
  test::byte_proxy proxy{loop.io(), server().port()};
  pool p{loop.io(), loop.wheel(), through(proxy)};
  for (int n = 0; n < 3; ++n) {
    EXPECT_EQ(run(p, 0, bound("select 1")), "1");
    const auto before = proxy.flights();
    const auto id = id_of(insert(p, n));
    EXPECT_EQ(proxy.flights() - before, 1u);
    EXPECT_EQ(end_now(p, id), "COMMIT");
    EXPECT_EQ(proxy.flights() - before, 2u);
  }
}

TEST_F(postgres_pool_transactions, ThatWaitGoTogetherWithTheCommitBeforeThem) {
  test::byte_proxy proxy{loop.io(), server().port()};
  pool p{loop.io(), loop.wheel(), through(proxy)};
  end_now(p, id_of(insert(p, 0)));
  const auto before = proxy.flights();
  std::vector<asked> all, ends;
  for (int n = 1; n <= 10; ++n) all.push_back(insert(p, n));
  for (auto& each : all) ends.push_back(end(p, id_of(each)));
  for (auto& each : ends) {
    wait_for(*each);
    EXPECT_EQ(each->text(), "COMMIT");
  }
  EXPECT_EQ(proxy.flights() - before, 11u);
  EXPECT_EQ(rows(), "11");
  EXPECT_EQ(p.stats().idle, 1u);
}

TEST_F(postgres_pool_transactions, BehindACommitThatFailsAreAsIfAlone) {
  pool p{loop.io(), loop.wheel(), up_to(1)};
  besides("insert into opened values (1)");
  auto twice = insert(p, 1), other = insert(p, 2);
  auto refused = end(p, id_of(twice));
  EXPECT_EQ(end_now(p, id_of(other)), "COMMIT");
  EXPECT_EQ(refused->text(), "23505");
  EXPECT_EQ(besides("select array_agg(n order by n) from opened"), "{1,2}");
}

TEST_F(postgres_pool_transactions, BehindACommitThatIsCancelledAreAsIfAlone) {
  make_commits_slow("case when new.n = 1 then 600 else 0 end");
  pool p{loop.io(), loop.wheel(), up_to(1)};
  auto slow = insert(p, 1), other = insert(p, 2);
  auto late = end(p, id_of(slow), "commit", 50ms);
  EXPECT_EQ(end_now(p, id_of(other)), "COMMIT");
  EXPECT_EQ(late->code(), ec::timed_out);
  EXPECT_EQ(besides("select n from opened"), "2");
}

TEST_F(postgres_pool_transactions, GivenUpBehindACommitLeaveItAlone) {
  make_commits_slow("0.3");
  pool p{loop.io(), loop.wheel(), up_to(1)};
  auto first = insert(p, 1);
  const auto id = id_of(first);
  auto late = insert(p, 2, 50ms);
  auto committed = end(p, id);
  wait_for(*late);
  EXPECT_EQ(late->code(), ec::timed_out);
  EXPECT_FALSE(committed->answered());
  wait_for(*committed);
  EXPECT_EQ(committed->text(), "COMMIT");
  EXPECT_TRUE(comes_true([&] { return p.stats().idle == 1; }));
  EXPECT_EQ(besides("select n from opened"), "1");
  EXPECT_EQ(p.stats().connects, 1u);
}

TEST_F(postgres_pool_transactions, AbandonedWhileTheyBeginLeaveNothing) {
  pool p{loop.io(), loop.wheel(), up_to(1)};
  auto sleep = bound("insert into opened select 1 from pg_sleep(600)");
  sleep.ticket = 7;
  auto abandoned = open(p, std::move(sleep));
  EXPECT_TRUE(comes_true([&] {
    return besides(
               "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and query "
               "like 'insert into opened select%'") == "1";
  }));
  p.abandon(7);
  wait_for(*abandoned);
  EXPECT_EQ(abandoned->code(), ec::cancelled);
  EXPECT_TRUE(comes_true([&] { return p.stats().idle == 1; }));
  EXPECT_EQ(p.stats().leased, 0u);
  EXPECT_EQ(rows(), "0");
}

TEST_F(postgres_pool_transactions, DoNotFollowWhatLeavesSomethingBehind) {
  pool p{loop.io(), loop.wheel(), up_to(1)};
  const auto id = id_of(open(p, bound("select set_config('work_mem', '7MB', false)")));
  auto next = open(p, bound("select current_setting('work_mem') = '7MB'"));
  end(p, id);
  end_now(p, id_of(next));
  EXPECT_EQ(next->text(), "f");
}

TEST_F(postgres_pool_transactions, DoNotStarveLeasesOrStatements) {
  pool p{loop.io(), loop.wheel(), up_to(1)};
  bool stop = false;
  std::size_t running = 0;
  std::function<void()> again = [&] {
    auto request = bound("select 1");
    request.opens_transaction = true;
    request.deadline = clock::now() + 20s;
    ++running;
    p.run(std::move(request), [&](const expected<sql_reply>& reply) {
      auto commit = bound("commit");
      commit.session = reply->lent.id;
      commit.gives_back = true;
      commit.deadline = clock::now() + 20s;
      p.run(std::move(commit), [&](const expected<sql_reply>&) {
        --running;
        if (!stop) again();
      });
    });
  };
  for (int i = 0; i < 4; ++i) again();
  EXPECT_EQ(run(p, 0, bound("select 2")), "2");
  auto holder = lease(p);
  p.give_back(holder->id());
  stop = true;
  EXPECT_TRUE(comes_true([&] { return running == 0 && p.stats().idle == 1; }));
}

struct postgres_opening_statements : engine_fixture {
  postgres_opening_statements() {
    auto c = connect();
    simple(*c, "drop table if exists opened; create table opened (n int)");
  }
  static sql_request opening_insert() {
    auto request = bound("insert into opened values (1)");
    request.opens_transaction = true;
    return request;
  }
};

TEST_F(postgres_opening_statements, AreNotRunByThemselvesWhenBeginFails) {
  auto c = connect();
  EXPECT_EQ(ask(*c, opening_insert())->text(), "INSERT 0 1");
  EXPECT_EQ(simple(*c, "rollback"), "ROLLBACK");
  // Where the scan of words does not see it: BEGIN and the statement are unknown to the server now.
  simple(*c, "do $$ begin execute 'deallocate all'; end $$");
  auto again = ask(*c, opening_insert());
  EXPECT_EQ(again->text(), "INSERT 0 1");
  EXPECT_EQ(again->reply().transaction, transaction_status::open);
  EXPECT_EQ(simple(*c, "select count(*) from opened"), "1");
  EXPECT_EQ(simple(*c, "rollback; select count(*) from opened"), "ROLLBACK|0");
}

TEST_F(postgres_opening_statements, RollBackWhatFailedBeforeThem) {
  auto c = connect();
  EXPECT_EQ(simple(*c, "begin; insert into opened values (2); select 1/0"),
            "BEGIN|INSERT 0 1|22012");
  EXPECT_EQ(ask(*c, opening_insert())->text(), "INSERT 0 1");
  EXPECT_EQ(simple(*c, "commit; select n from opened"), "COMMIT|1");
}

TEST_F(postgres_opening_statements, NeedNoPreparation) {
  connection_options options{.conninfo = server().conninfo()};
  options.statement_cache = 0;
  auto c = connect(options);
  EXPECT_EQ(ask(*c, opening_insert())->text(), "INSERT 0 1");
  EXPECT_EQ(simple(*c, "rollback; select count(*) from opened"), "ROLLBACK|0");
}

TEST_F(postgres_opening_statements, FindRoomInASmallCache) {
  connection_options options{.conninfo = server().conninfo()};
  options.statement_cache = 1;
  auto c = connect(options);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ask(*c, opening_insert())->text(), "INSERT 0 1");
    EXPECT_EQ(ask(*c, bound("rollback"))->text(), "ROLLBACK");
  }
  EXPECT_LE(std::stoi(simple(*c, "select count(*) from pg_prepared_statements")), 3);
}

TEST_F(postgres_opening_statements, ThatCannotBePreparedBeginNothing) {
  auto c = connect();
  auto wrong = bound("insert into nowhere values (1)");
  wrong.opens_transaction = true;
  auto failed = ask(*c, wrong);
  EXPECT_EQ(failed->text(), "42P01");
  EXPECT_EQ(failed->reply().transaction, transaction_status::idle);
  EXPECT_EQ(ask(*c, opening_insert())->text(), "INSERT 0 1");
}

}  // namespace
}  // namespace puff::postgres
