// Servers that refuse, die and come back.
#include "tests/unit/services/postgres/pool_fixture.hpp"

namespace puff::postgres {
namespace {

using postgres_pool_faults = pool_fixture;

std::optional<error> check(pool& p, test::engine_loop& loop, std::chrono::milliseconds in) {
  std::optional<error> told;
  p.check(pool::clock::now() + in, [&](const error& why) { told = why; });
  EXPECT_TRUE(loop.run_until([&] { return told.has_value(); }));
  return told;
}

TEST_F(postgres_pool_faults, ACheckSucceedsOnceTheServerLetsUsIn) {
  pool p{loop.io(), loop.wheel(), up_to(2)};
  EXPECT_FALSE(*check(p, loop, 5s));
  EXPECT_EQ(p.stats().idle, 1u);
}

TEST_F(postgres_pool_faults, ARefusalEndsACheckAtOnceWithOneLine) {
  auto options = up_to(2);
  options.connection.conninfo += " dbname=no_such_database password=secret";
  pool p{loop.io(), loop.wheel(), options};
  auto told = check(p, loop, 60s);
  EXPECT_EQ(code_of(*told), ec::unavailable);
  EXPECT_THAT(context_of(*told),
              testing::HasSubstr("database \"no_such_database\" does not exist"));
  EXPECT_THAT(context_of(*told), testing::Not(testing::HasSubstr("secret")));
  EXPECT_THAT(context_of(*told), testing::Not(testing::HasSubstr("\n")));
}

TEST_F(postgres_pool_faults, ACheckWaitsForAServerThatIsNotThereYet) {
  test::postgres_server own;
  own.kill();
  auto options = up_to(2);
  options.connection.conninfo = own.conninfo();
  pool p{loop.io(), loop.wheel(), options};
  auto told = check(p, loop, 200ms);
  EXPECT_EQ(code_of(*told), ec::unavailable);
  own.start();
  EXPECT_FALSE(*check(p, loop, 10s));
}

TEST_F(postgres_pool_faults, WhoeverComesWhileTheServerIsDownIsToldAfterTheNextAttempt) {
  auto options = up_to(2);
  options.connection.conninfo = "host=/nonexistent";
  options.longest_back_off = 50ms;
  pool p{loop.io(), loop.wheel(), options};
  for (int i = 0; i < 5; ++i) {
    auto waits = wish(p, "somebody", 20s);
    EXPECT_TRUE(loop.run_until([&] { return waits->answered(); }));
    EXPECT_EQ(waits->code(), ec::unavailable);
    EXPECT_THAT(waits->reason(), testing::HasSubstr("/nonexistent"));
  }
}

TEST_F(postgres_pool_faults, ALostSessionFailsItsHolderAloneAndIsReplaced) {
  pool p{loop.io(), loop.wheel(), up_to(2)};
  auto a = lease(p), b = lease(p);
  besides("select pg_terminate_backend(" + std::to_string(a->backend()) + ")");
  auto failed = start(p, a->id(), "select 1");
  wait_for(*failed);
  EXPECT_EQ(failed->code(), ec::connection_lost);
  EXPECT_EQ(run(p, b->id(), "select 2"), "2");
  p.give_back(a->id());
  auto c = lease(p);
  EXPECT_EQ(run(p, c->id(), "select 3"), "3");
  EXPECT_EQ(p.stats().open, 2u);
}

TEST_F(postgres_pool_faults, AnIdleSessionThatIsLostIsNotLent) {
  pool p{loop.io(), loop.wheel(), up_to(1)};
  auto a = lease(p);
  p.give_back(a->id());
  besides("select pg_terminate_backend(" + std::to_string(a->backend()) + ")");
  EXPECT_TRUE(comes_true([&] { return p.stats().open == 0; }));
  EXPECT_EQ(run(p, lease(p)->id(), "select 1"), "1");
}

TEST_F(postgres_pool_faults, IsWholeAgainAfterARestartThoughNobodyAsks) {
  test::postgres_server own;
  auto options = up_to(4);
  options.connection.conninfo = own.conninfo();
  options.min_size = 4;
  pool p{loop.io(), loop.wheel(), options};
  p.start();
  ASSERT_TRUE(comes_true([&] { return p.stats().idle == 4; }));
  auto holder = lease(p);
  own.kill();
  EXPECT_TRUE(comes_true([&] { return p.stats().idle == 0; }));
  own.start();
  p.give_back(holder->id());
  EXPECT_TRUE(comes_true([&] { return p.stats().idle == 4; }));
}

TEST_F(postgres_pool_faults, WhatWasIdleForLongIsAskedBeforeItIsLent) {
  auto options = up_to(1);
  options.check_after = 0ms;
  pool p{loop.io(), loop.wheel(), options};
  auto a = wish(p);
  EXPECT_TRUE(comes_true([&] { return a->lent(); }));
  p.give_back(a->id());
  auto b = wish(p);
  EXPECT_FALSE(b->answered());
  EXPECT_TRUE(comes_true([&] { return b->lent(); }));
  EXPECT_EQ(a->backend(), b->backend());
}

TEST_F(postgres_pool_faults, TheUnusedAreClosed) {
  auto options = up_to(3);
  options.min_size = 1;
  options.max_idle = 30ms;
  pool p{loop.io(), loop.wheel(), options};
  auto a = lease(p), b = lease(p), c = lease(p);
  for (const auto& each : {a, b, c}) p.give_back(each->id());
  EXPECT_EQ(p.stats().idle, 3u);
  EXPECT_TRUE(comes_true([&] { return p.stats().open == 1; }));
}

TEST_F(postgres_pool_faults, TheOldAreReplaced) {
  auto options = up_to(1);
  options.max_age = 30ms;
  pool p{loop.io(), loop.wheel(), options};
  auto a = lease(p);
  bool grown_old = false;
  loop.wheel().arm(clock::now() + 40ms, [&] { grown_old = true; });
  EXPECT_TRUE(comes_true([&] { return grown_old; }));
  p.give_back(a->id());
  EXPECT_EQ(p.stats().open, 0u);
  EXPECT_NE(lease(p)->backend(), a->backend());
}

TEST_F(postgres_pool_faults, MoreThanTheServerTakesIsNoFailureWhileSomeComeBack) {
  test::postgres_server own{{"max_connections=4", "superuser_reserved_connections=0"}};
  auto options = up_to(8);
  options.connection.conninfo = own.conninfo();
  pool p{loop.io(), loop.wheel(), options};
  std::vector<std::shared_ptr<leasing>> all;
  for (int i = 0; i < 8; ++i) all.push_back(wish(p));
  std::size_t served = 0;
  EXPECT_TRUE(comes_true([&] {
    for (auto& each : all)
      if (each->lent()) {
        ++served;
        p.give_back(each->id());
        each->told.reset();
      }
    return served == 8;
  }));
}

}  // namespace
}  // namespace puff::postgres
