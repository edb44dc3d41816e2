#include "services/redis/blocking_connections.hpp"

#include "tests/unit/services/redis/engine_fixture.hpp"

namespace puff::redis {
namespace {

class redis_blocking : public engine_fixture {
 protected:
  blocking_options bounded(std::uint32_t connections, std::uint32_t waiting = 10) {
    return {.connection = options_for(server.unix_url()),
            .max_connections = connections,
            .max_waiting = waiting};
  }
  /// Until the server holds `count` blocked clients.
  void wait_for_blocked(int count) {
    auto wanted = "blocked_clients:" + std::to_string(count) + "\r\n";
    while (ask(control, {"INFO", "clients"}).find(wanted) == std::string::npos)
      ASSERT_FALSE(HasFailure());
  }

  test::redis_server server;
  connection control{loop.io(), loop.wheel(), options_for(server.unix_url())};
  void SetUp() override { control.start(); }
};

TEST_F(redis_blocking, EachWaitingCommandHasItsOwnConnection) {
  blocking_connections pool{loop.io(), loop.wheel(), bounded(3)};
  auto a = send(pool, {"BLPOP", "a", "0"});
  auto b = send(pool, {"BLPOP", "b", "0"});
  wait_for_blocked(2);
  EXPECT_EQ(pool.stats().busy, 2u);
  ask(control, {"RPUSH", "b", "1"});
  wait_for(*b);
  EXPECT_EQ(b->text(), "array of 2");
  EXPECT_FALSE(a->answered());
}

TEST_F(redis_blocking, ReusesAConnectionThatCameBack) {
  blocking_connections pool{loop.io(), loop.wheel(), bounded(3)};
  ask(control, {"RPUSH", "a", "1", "2", "3"});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(pool, {"BLPOP", "a", "0"}), "array of 2");
  EXPECT_EQ(pool.stats().open, 1u);
  EXPECT_EQ(pool.stats().busy, 0u);
}

TEST_F(redis_blocking, ServesThoseWhoWaitInOrderOfArrival) {
  blocking_connections pool{loop.io(), loop.wheel(), bounded(1)};
  auto first = send(pool, {"BLPOP", "q", "0"});
  auto second = send(pool, {"BLPOP", "q", "0"});
  auto third = send(pool, {"BLPOP", "q", "0"});
  EXPECT_EQ(pool.stats().waiting, 2u);
  ask(control, {"RPUSH", "q", "1", "2", "3"});
  wait_for(*third);
  auto value = [](const outcome& o) {
    return std::get<std::string>(std::get<redis_value::array>(o.all.at(0)->at(0).data).at(1).data);
  };
  EXPECT_EQ(value(*first), "1");
  EXPECT_EQ(value(*second), "2");
  EXPECT_EQ(value(*third), "3");
}

TEST_F(redis_blocking, BoundsTheQueue) {
  blocking_connections pool{loop.io(), loop.wheel(), bounded(1, 1)};
  send(pool, {"BLPOP", "q", "0"});
  send(pool, {"BLPOP", "q", "0"});
  EXPECT_EQ(send(pool, {"BLPOP", "q", "0"})->code(), ec::overloaded);
}

TEST_F(redis_blocking, ADeadlineInTheQueueIsKept) {
  blocking_connections pool{loop.io(), loop.wheel(), bounded(1)};
  auto holder = send(pool, {"BLPOP", "q", "0"});
  auto waits = send(pool, {"BLPOP", "q", "0"}, 30ms);
  wait_for(*waits);
  EXPECT_EQ(waits->code(), ec::timed_out);
  EXPECT_FALSE(holder->answered());
  EXPECT_EQ(pool.stats().waiting, 0u);
}

TEST_F(redis_blocking, ADeadlineMakesTheServerForgetTheCommand) {
  blocking_connections pool{loop.io(), loop.wheel(), bounded(2)};
  auto asked = send(pool, {"BLPOP", "q", "0"}, 100ms);
  wait_for(*asked);
  EXPECT_EQ(asked->code(), ec::timed_out);
  EXPECT_EQ(pool.stats().open, 0u);
  wait_for_blocked(0);
  ask(control, {"RPUSH", "q", "kept"});
  EXPECT_EQ(ask(control, {"LLEN", "q"}), "1");
}

TEST_F(redis_blocking, TheServersOwnTimeoutIsANil) {
  blocking_connections pool{loop.io(), loop.wheel(), bounded(1)};
  EXPECT_EQ(ask(pool, {"BLPOP", "q", "0.02"}), "(nil)");
  EXPECT_EQ(pool.stats().open, 1u);
}

TEST_F(redis_blocking, ABrokenConnectionIsReplaced) {
  blocking_connections pool{loop.io(), loop.wheel(), bounded(1)};
  auto asked = send(pool, {"BLPOP", "q", "0"});
  wait_for_blocked(1);
  server.kill();
  server.start();
  wait_for(*asked);
  EXPECT_EQ(asked->code(), ec::connection_lost);
  ask(control, {"RPUSH", "q", "1"});
  EXPECT_EQ(ask(pool, {"BLPOP", "q", "0"}), "array of 2");
}

TEST_F(redis_blocking, ClosesConnectionsThatNobodyUses) {
  auto options = bounded(2);
  options.max_idle_time = 20ms;
  blocking_connections pool{loop.io(), loop.wheel(), options};
  EXPECT_EQ(ask(pool, {"BLPOP", "q", "0.01"}), "(nil)");
  EXPECT_EQ(pool.stats().open, 1u);
  EXPECT_TRUE(loop.run_until([&] { return pool.stats().open == 0; }));
}

TEST_F(redis_blocking, CloseAnswersEverybody) {
  blocking_connections pool{loop.io(), loop.wheel(), bounded(1)};
  auto lent = send(pool, {"BLPOP", "q", "0"});
  auto waits = send(pool, {"BLPOP", "q", "0"});
  wait_for_blocked(1);
  pool.close();
  auto late = send(pool, {"BLPOP", "q", "0"});
  for (const auto& o : {lent, waits, late}) {
    EXPECT_EQ(o->code(), ec::shutting_down);
    EXPECT_EQ(o->calls(), 1u);
  }
}

TEST_F(redis_blocking, WaitCountsForTheWritesSentWithIt) {
  blocking_connections pool{loop.io(), loop.wheel(), bounded(1)};
  redis_commands both{make_command({"SET", "k", "v"}).wire + make_command({"WAIT", "0", "10"}).wire,
                      2};
  auto asked = send(pool, std::move(both));
  wait_for(*asked);
  EXPECT_EQ(asked->text(), "OK");
  EXPECT_EQ(std::get<std::int64_t>(asked->all[0]->at(1).data), 0);
}

}  // namespace
}  // namespace puff::redis
