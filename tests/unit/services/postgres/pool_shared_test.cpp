// What runs without a lease.
#include "tests/unit/services/postgres/pool_fixture.hpp"

namespace puff::postgres {
namespace {

using postgres_pool_shared = pool_fixture;

TEST_F(postgres_pool_shared, AStatementNeedsNoLease) {
  pool p{loop.io(), loop.wheel(), up_to(2)};
  EXPECT_EQ(run(p, 0, bound("select $1::text || 'b'", {"a"})), "ab");
  EXPECT_EQ(p.stats().leased, 0u);
  EXPECT_EQ(p.stats().idle, 1u);
}

TEST_F(postgres_pool_shared, ManyShareFewConnections) {
  auto options = up_to(10);
  options.max_shared = 2;
  pool p{loop.io(), loop.wheel(), options};
  std::vector<asked> all;
  for (int i = 0; i < 200; ++i)
    all.push_back(start(p, 0, bound("select $1::int", {std::to_string(i)})));
  for (int i = 0; i < 200; ++i) {
    wait_for(*all[static_cast<std::size_t>(i)]);
    EXPECT_EQ(all[static_cast<std::size_t>(i)]->text(), std::to_string(i));
  }
  EXPECT_LE(p.stats().connects, 2u);
}

TEST_F(postgres_pool_shared, ACrowdSpreadsOverConnections) {
  auto options = up_to(10);
  options.max_shared = 3;
  pool p{loop.io(), loop.wheel(), options};
  run(p, 0, bound("select 1"));
  ASSERT_EQ(p.stats().connects, 1u);
  bool stop = false;
  std::size_t running = 0;
  std::function<void()> again = [&] {
    auto request = bound("select 1");
    request.deadline = clock::now() + 20s;
    ++running;
    p.run(std::move(request), [&](const expected<sql_reply>&) {
      --running;
      if (!stop) again();
    });
  };
  for (int i = 0; i < 64; ++i) again();
  EXPECT_TRUE(comes_true([&] { return p.stats().connects == 3; }));
  stop = true;
  EXPECT_TRUE(comes_true([&] { return running == 0 && p.stats().idle == 3; }));
  EXPECT_EQ(p.stats().connects, 3u);
}

TEST_F(postgres_pool_shared, AFewStayOnOneConnection) {
  pool p{loop.io(), loop.wheel(), up_to(10)};
  run(p, 0, bound("select 1"));
  for (int round = 0; round < 50; ++round) {
    std::vector<asked> all;
    for (int i = 0; i < 8; ++i) all.push_back(start(p, 0, bound("select 1")));
    for (auto& one : all) wait_for(*one);
  }
  EXPECT_EQ(p.stats().connects, 1u);
}

TEST_F(postgres_pool_shared, OneThatFailsLeavesTheOthersAlone) {
  besides("create table if not exists shared_facts (n int primary key); truncate shared_facts");
  auto options = up_to(1);
  pool p{loop.io(), loop.wheel(), options};
  auto a = start(p, 0, bound("insert into shared_facts values (1)"));
  auto b = start(p, 0, bound("insert into shared_facts values (1)"));
  auto c = start(p, 0, bound("insert into shared_facts values (2)"));
  wait_for(*c);
  EXPECT_EQ(a->text(), "INSERT 0 1");
  EXPECT_EQ(b->text(), "23505");
  EXPECT_EQ(c->text(), "INSERT 0 1");
  EXPECT_EQ(besides("select count(*) from shared_facts"), "2");
}

TEST_F(postgres_pool_shared, NeverALeasedConnection) {
  pool p{loop.io(), loop.wheel(), up_to(1)};
  auto holder = lease(p);
  EXPECT_EQ(run(p, holder->id(), "begin"), "BEGIN");
  auto waits = start(p, 0, bound("select 1"));
  loop.run_ready();
  EXPECT_FALSE(waits->answered());
  p.give_back(holder->id());
  wait_for(*waits);
  EXPECT_EQ(waits->text(), "1");
}

TEST_F(postgres_pool_shared, WhatMightLeaveSomethingBehindRunsAlone) {
  pool p{loop.io(), loop.wheel(), up_to(1)};
  auto a = start(p, 0, "begin; set work_mem = '7MB'");
  auto b = start(p, 0,
                 bound("select pg_current_xact_id_if_assigned() is null, "
                       "current_setting('work_mem') = '7MB'"));
  auto c = start(p, 0, bound("start transaction isolation level serializable"));
  auto d = start(p, 0, bound("select current_setting('transaction_isolation')"));
  wait_for(*d);
  EXPECT_EQ(a->text(), "BEGIN|SET");
  EXPECT_EQ(b->text(), "t,f");
  EXPECT_EQ(c->text(), "START TRANSACTION");
  EXPECT_EQ(d->text(), "read committed");
  EXPECT_EQ(p.stats().connects, 1u);
}

TEST_F(postgres_pool_shared, LeasesAreNotStarvedByStatements) {
  pool p{loop.io(), loop.wheel(), up_to(1)};
  std::size_t done = 0;
  bool stop = false;
  // Each answer asks the next one, so that there is always one under way.
  std::function<void()> again = [&] {
    auto request = bound("select 1");
    request.deadline = clock::now() + 20s;
    p.run(std::move(request), [&](const expected<sql_reply>&) {
      ++done;
      if (!stop) again();
    });
  };
  for (int i = 0; i < 8; ++i) again();
  ASSERT_TRUE(comes_true([&] { return done > 100; }));
  auto waits = wish(p);
  EXPECT_TRUE(comes_true([&] { return waits->lent(); }));
  const auto before = done;
  p.give_back(waits->id());
  EXPECT_TRUE(comes_true([&] { return done > before + 100; }));
  stop = true;
  EXPECT_TRUE(comes_true([&] { return p.stats().idle == 1; }));
}

}  // namespace
}  // namespace puff::postgres
