#include "services/postgres/pool.hpp"

#include "tests/support/scripted_peer.hpp"
#include "tests/unit/services/postgres/pool_fixture.hpp"

namespace puff::postgres {
namespace {

using postgres_pool = pool_fixture;

TEST_F(postgres_pool, ConnectsWhenSomebodyNeedsASession) {
  pool p{loop.io(), loop.wheel(), up_to(3)};
  p.start();
  loop.run_ready();
  EXPECT_EQ(p.stats().connects, 0u);
  auto a = lease(p);
  EXPECT_EQ(run(p, a->id(), "select 1"), "1");
  EXPECT_EQ(p.stats().open, 1u);
  EXPECT_EQ(p.stats().leased, 1u);
}

TEST_F(postgres_pool, KeepsTheLeastNumberOpen) {
  auto options = up_to(5);
  options.min_size = 2;
  pool p{loop.io(), loop.wheel(), options};
  p.start();
  EXPECT_TRUE(comes_true([&] { return p.stats().idle == 2; }));
  besides(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'puff' "
      "and pid <> pg_backend_pid()");
  EXPECT_TRUE(comes_true([&] { return p.stats().connects == 4 && p.stats().idle == 2; }));
}

TEST_F(postgres_pool, LendsTheSessionThatWasUsedLast) {
  pool p{loop.io(), loop.wheel(), up_to(3)};
  auto a = lease(p);
  auto b = lease(p);
  p.give_back(a->id());
  p.give_back(b->id());
  EXPECT_EQ(lease(p)->backend(), b->backend());
  EXPECT_EQ(lease(p)->backend(), a->backend());
}

TEST_F(postgres_pool, ASessionGivenBackIsNobodys) {
  pool p{loop.io(), loop.wheel(), up_to(1)};
  auto a = lease(p);
  p.give_back(a->id());
  p.give_back(a->id());
  auto late = start(p, a->id(), "select 1");
  EXPECT_EQ(late->code(), ec::not_found);
  auto b = lease(p);
  EXPECT_NE(a->id(), b->id());
  EXPECT_EQ(a->backend(), b->backend());
}

TEST_F(postgres_pool, ServesThoseWhoWaitInOrderOfArrival) {
  pool p{loop.io(), loop.wheel(), up_to(1)};
  auto holder = lease(p);
  auto first = wish(p), second = wish(p);
  auto third = start(p, 0, bound("select 3"));
  auto fourth = wish(p);
  EXPECT_EQ(p.stats().waiting, 4u);
  p.give_back(holder->id());
  EXPECT_TRUE(first->lent());
  EXPECT_FALSE(second->answered());
  p.give_back(first->id());
  EXPECT_TRUE(second->lent());
  EXPECT_FALSE(third->answered());
  p.give_back(second->id());
  EXPECT_FALSE(fourth->answered());
  wait_for(*third);
  EXPECT_EQ(third->text(), "3");
  EXPECT_TRUE(comes_true([&] { return fourth->lent(); }));
}

TEST_F(postgres_pool, BoundsTheQueue) {
  auto options = up_to(1);
  options.max_waiting = 1;
  pool p{loop.io(), loop.wheel(), options};
  auto holder = lease(p, "greedy");
  auto waits = wish(p);
  auto refused = wish(p);
  EXPECT_EQ(refused->code(), ec::overloaded);
  EXPECT_FALSE(waits->answered());
}

TEST_F(postgres_pool, ATimeOutNamesTheHolders) {
  auto options = up_to(2);
  options.name = "main";
  pool p{loop.io(), loop.wheel(), options};
  auto a = lease(p, "GET /a");
  auto b = lease(p, "GET /b");
  auto waits = wish(p, "GET /c", 50ms);
  EXPECT_TRUE(comes_true([&] { return waits->answered(); }));
  EXPECT_EQ(waits->code(), ec::timed_out);
  EXPECT_THAT(waits->reason(), testing::StartsWith("PostgreSQL pool 'main' (postgres://"));
  EXPECT_THAT(waits->reason(), testing::HasSubstr("of 2 connections are held: "));
  EXPECT_THAT(waits->reason(), testing::HasSubstr("1 by GET /a (for "));
  EXPECT_THAT(waits->reason(), testing::HasSubstr("1 by GET /b (for "));
  EXPECT_EQ(p.stats().waiting, 0u);
}

TEST_F(postgres_pool, TheLongestWaitIsThePools) {
  test::scripted_peer silent{loop.io(), [](const std::string&) { return ""; }};
  auto options = up_to(1);
  options.connection.conninfo = "host=127.0.0.1 port=" + std::to_string(silent.port());
  options.lease_timeout = 30ms;
  pool p{loop.io(), loop.wheel(), options};
  auto waits = wish(p, "patient", 1h);
  EXPECT_TRUE(comes_true([&] { return waits->answered(); }));
  EXPECT_EQ(waits->code(), ec::timed_out);
}

TEST_F(postgres_pool, ATransactionLeftOpenIsRolledBack) {
  besides("create table if not exists left_open (n int); truncate left_open");
  pool p{loop.io(), loop.wheel(), up_to(1)};
  auto a = lease(p);
  EXPECT_EQ(run(p, a->id(), "begin; insert into left_open values (1)"), "BEGIN|INSERT 0 1");
  p.give_back(a->id());
  auto b = lease(p);
  EXPECT_EQ(b->backend(), a->backend());
  EXPECT_EQ(run(p, b->id(), "select count(*) from left_open"), "0");
}

TEST_F(postgres_pool, WhatASessionChangedIsUndone) {
  pool p{loop.io(), loop.wheel(), up_to(1)};
  auto a = lease(p);
  run(p, a->id(), "set application_name = 'changed'; create temp table mine (n int); listen news");
  p.give_back(a->id());
  auto b = lease(p);
  EXPECT_EQ(b->backend(), a->backend());
  EXPECT_EQ(run(p, b->id(),
                "show application_name; select to_regclass('mine'); "
                "select count(*) from pg_listening_channels()"),
            "puff|(null)|0");
}

TEST_F(postgres_pool, AfterDiscardingPreparedStatementsStillWork) {
  pool p{loop.io(), loop.wheel(), up_to(1)};
  auto a = lease(p);
  EXPECT_EQ(run(p, a->id(), bound("select 1 + $1::int", {"1"})), "2");
  run(p, a->id(), "set work_mem = '5MB'");
  p.give_back(a->id());
  auto b = lease(p);
  EXPECT_EQ(run(p, b->id(), bound("select 1 + $1::int", {"2"})), "3");
}

TEST_F(postgres_pool, WhatStillRunsIsCancelled) {
  pool p{loop.io(), loop.wheel(), up_to(1)};
  auto a = lease(p);
  auto sleeps = start(p, a->id(), "select pg_sleep(60)");
  p.give_back(a->id());
  auto b = lease(p);
  EXPECT_EQ(sleeps->text(), "57014");
  EXPECT_EQ(b->backend(), a->backend());
  EXPECT_EQ(run(p, b->id(), "select 1"), "1");
}

TEST_F(postgres_pool, AStreamThatNobodyReadsIsDrained) {
  pool p{loop.io(), loop.wheel(), up_to(1)};
  auto a = lease(p);
  sql_request stream;
  stream.what = kind::stream;
  stream.text = "select * from generate_series(1, 100000)";
  stream.rows_per_piece = 10;
  auto piece = start(p, a->id(), stream);
  wait_for(*piece);
  EXPECT_TRUE(piece->more());
  p.give_back(a->id());
  auto b = lease(p);
  EXPECT_EQ(b->backend(), a->backend());
  EXPECT_EQ(run(p, b->id(), "select 1"), "1");
}

TEST_F(postgres_pool, ACopyThatNobodyFeedsIsGivenUp) {
  besides("create table if not exists copied (n int); truncate copied");
  pool p{loop.io(), loop.wheel(), up_to(1)};
  auto a = lease(p);
  EXPECT_EQ(run(p, a->id(), "copy copied from stdin"), "copy in");
  p.give_back(a->id());
  auto b = lease(p);
  EXPECT_EQ(run(p, b->id(), "select count(*) from copied"), "0");
}

TEST_F(postgres_pool, ASessionThatCannotBeCleanedInTimeIsClosed) {
  besides("create table if not exists locked (n int)");
  auto options = up_to(1);
  options.clean_timeout = 50ms;
  pool p{loop.io(), loop.wheel(), options};
  auto a = lease(p);
  // A temporary table that somebody else has locked cannot be discarded.
  run(p, a->id(), "create temp table held (n int)");
  auto other = connect();
  simple(*other, "begin; select 1");
  auto name = run(p, a->id(),
                  "select 'pg_temp_' || (select nspname from pg_namespace where oid = "
                  "pg_my_temp_schema())");
  auto schema = name.substr(std::string{"pg_temp_"}.size());
  EXPECT_EQ(simple(*other, "lock table " + schema + ".held"), "LOCK TABLE");
  p.give_back(a->id());
  auto b = lease(p);
  EXPECT_NE(b->backend(), a->backend());
}

TEST_F(postgres_pool, ALeaseMayNameItsOwnServer) {
  auto options = up_to(0);
  options.connection.conninfo.clear();
  options.max_own = 2;
  pool p{loop.io(), loop.wheel(), options};
  auto open = [&](const std::string& conninfo) {
    auto result = std::make_shared<leasing>();
    p.lease({"tool", conninfo, clock::now() + 20s},
            [result](expected<sql_lent> lent) { result->told = lent; });
    return result;
  };
  auto a = open(server().conninfo() + " application_name=mine");
  EXPECT_TRUE(comes_true([&] { return a->lent(); }));
  EXPECT_EQ(run(p, a->id(), "show application_name"), "mine");
  auto b = open("host=/nonexistent");
  EXPECT_TRUE(comes_true([&] { return b->answered(); }));
  EXPECT_EQ(b->code(), ec::unavailable);
  EXPECT_THAT(b->reason(), testing::StartsWith("connection to server on socket"));
  auto c = open(server().conninfo()), d = open(server().conninfo());
  EXPECT_EQ(d->code(), ec::overloaded);
  EXPECT_TRUE(comes_true([&] { return c->lent(); }));
  p.give_back(a->id());
  p.give_back(c->id());
  EXPECT_EQ(p.stats().own, 0u);
  EXPECT_EQ(p.stats().leased, 0u);
}

TEST_F(postgres_pool, CloseAnswersEverybody) {
  pool p{loop.io(), loop.wheel(), up_to(1)};
  auto a = lease(p);
  auto runs = start(p, a->id(), "select pg_sleep(60)");
  auto waits = wish(p);
  auto queued = start(p, 0, bound("select 1"));
  p.close();
  EXPECT_EQ(runs->code(), ec::shutting_down);
  EXPECT_EQ(waits->code(), ec::shutting_down);
  EXPECT_EQ(queued->code(), ec::shutting_down);
  EXPECT_EQ(wish(p)->code(), ec::shutting_down);
}

TEST_F(postgres_pool, ManyLeasesLeaveNothingBehind) {
  pool p{loop.io(), loop.wheel(), up_to(2)};
  for (int i = 0; i < 20'000; ++i) p.give_back(lease(p)->id());
  EXPECT_EQ(p.stats().connects, 1u);
  EXPECT_EQ(p.stats().idle, 1u);
  EXPECT_EQ(p.stats().leases, 20'000u);
  EXPECT_LE(loop.wheel().size(), 2u);
}

}  // namespace
}  // namespace puff::postgres
