#include "services/tasks/store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/redis/command.hpp"
#include "services/tasks/record.hpp"
#include "tests/support/task_queue_world.hpp"

namespace puff::tasks {
namespace {

using namespace std::chrono_literals;
using clock = command_port::clock;

class task_store : public testing::Test, protected test::task_queue_world {
 protected:
  template <class T>
  T got(const std::function<void(store::answer<T>)>& call) {
    std::optional<expected<T>> reply;
    call([&](expected<T> r) { reply.emplace(std::move(r)); });
    EXPECT_TRUE(loop.run_until([&] { return reply.has_value(); }));
    EXPECT_TRUE(*reply) << describe(reply->error());
    return *reply && reply ? std::move(**reply) : T{};
  }

  task_order order(record r = {}, std::int64_t due = -1) {
    if (r.function.empty()) r.function = "app.work";
    if (r.param.empty()) r.param = "1";
    return {ids.next(), due, r.unique, encode(r)};
  }
  task_id add(record r = {}, std::int64_t due = -1) {
    auto o = order(std::move(r), due);
    return got<std::vector<task_id>>(
               [&](auto done) { queue.add(&o, 1, true, clock::now() + 10s, std::move(done)); })
        .front();
  }
  cycle_reply cycle(std::size_t wanted, std::vector<ending> ends = {},
                    std::chrono::milliseconds lease = 10s) {
    return got<cycle_reply>(
        [&](auto done) { queue.cycle(ends, wanted, lease, clock::now() + 10s, std::move(done)); });
  }
  tick_reply tick(std::vector<claim> held = {}) {
    // One node in 400 ms sweeps; a test does not wait for that.
    command({"DEL", queue.prefix() + "sweep"});
    return got<tick_reply>(
        [&](auto done) { queue.tick("node", held, 10s, clock::now() + 10s, std::move(done)); });
  }
  redis_value script(std::string_view name, std::vector<std::string> words) {
    return got<redis_value>([&](auto done) {
      queue.run(*script_named(name), {words.begin(), words.end()}, clock::now() + 10s,
                std::move(done));
    });
  }
  std::string result_of(const task_id& id) {
    auto reply = script("wait", {std::string{id.view()}, ""});
    auto& list = std::get<redis_value::array>(reply.data);
    return list.size() > 1 ? std::get<std::string>(list[1].data) : std::string{};
  }
  std::string state_of(const task_id& id) {
    auto reply = script("show", {std::string{id.view()}});
    return std::get<std::string>(std::get<redis_value::array>(reply.data)[0].data);
  }
  redis_value command(std::vector<std::string> words) {
    std::vector<std::string_view> views{words.begin(), words.end()};
    redis_commands c;
    redis::append_command(c.wire, views);
    return got<std::vector<redis_value>>(
               [&](auto done) { client.send(std::move(c), clock::now() + 10s, std::move(done)); })
        .front();
  }
  static ending done(const claim& c, std::string data = "+1", bool special = false) {
    return {c.id, c.token, ending::kind::done, special, 300s, 0ms, std::move(data)};
  }
  /// Lets the lease of a claimed task run out, without waiting for it.
  void age(const claim& c) {
    command(
        {"ZADD", queue.prefix() + "l", std::to_string(2048 + c.token), std::string{c.id.view()}});
  }
};

TEST_F(task_store, RunsTasksInOrderOfPriorityThenDueTime) {
  auto last = add(), next = add();
  record urgent;
  urgent.priority = 1;
  auto first = add({}, 1), before_all = add(urgent);
  auto claimed = cycle(10).claimed;
  ASSERT_EQ(claimed.size(), 4u);
  EXPECT_EQ(claimed[0].id, before_all);
  EXPECT_EQ(claimed[1].id, first);
  EXPECT_EQ(claimed[2].id, last);
  EXPECT_EQ(claimed[3].id, next);
}

TEST_F(task_store, AddsTheShortWayWhatRunsAtOnce) {
  std::vector<task_order> plain{order(), order()};
  auto given = got<std::vector<task_id>>([&](auto done) {
    queue.add(plain.data(), plain.size(), false, clock::now() + 10s, std::move(done));
  });
  EXPECT_THAT(given, testing::ElementsAre(plain[0].id, plain[1].id));
  EXPECT_EQ(std::get<std::int64_t>(command({"EXISTS", queue.prefix() + "m"}).data), 0);
  record named;
  named.unique = "only one";
  auto unique = add(named), again = add(named), third = add();
  EXPECT_EQ(unique, again);
  EXPECT_EQ(std::get<std::int64_t>(command({"EXISTS", queue.prefix() + "m"}).data), 1);
  auto claimed = cycle(10).claimed;
  ASSERT_EQ(claimed.size(), 4u);
  EXPECT_EQ(claimed[0].id, given[0]);
  EXPECT_EQ(claimed[1].id, given[1]);
  EXPECT_EQ(claimed[3].id, third);
  EXPECT_EQ(std::get<std::string>(command({"HGET", queue.prefix() + "n", "added"}).data), "4");
}

TEST_F(task_store, KeepsResultsAndForgetsTheTask) {
  auto id = add();
  auto claimed = cycle(1).claimed;
  EXPECT_EQ(state_of(id), "running");
  EXPECT_TRUE(cycle(0, {done(claimed[0], "+42")}).refused.empty());
  EXPECT_EQ(result_of(id), "+42");
  EXPECT_EQ(state_of(id), "finished");
  EXPECT_EQ(std::get<std::int64_t>(command({"HLEN", queue.prefix() + "t"}).data), 0);
}

TEST_F(task_store, RefusesAnEndWhoseLeaseWasLost) {
  auto id = add();
  auto first = cycle(1).claimed[0];
  age(first);
  tick();
  auto second = cycle(1).claimed[0];
  EXPECT_EQ(second.id, id);
  EXPECT_EQ(second.attempt, 2u);
  EXPECT_EQ(cycle(0, {done(first, "+\"late\"")}).refused, std::vector<std::size_t>{0});
  EXPECT_EQ(result_of(id), "");
  EXPECT_EQ(tick({first}).lost, std::vector<std::size_t>{0});
  EXPECT_TRUE(cycle(0, {done(second, "+\"good\"")}).refused.empty());
  EXPECT_EQ(result_of(id), "+\"good\"");
}

TEST_F(task_store, AHeartbeatRenewsALease) {
  add();
  auto held = cycle(1).claimed[0];
  age(held);
  EXPECT_TRUE(tick({held}).lost.empty());
  tick();
  EXPECT_TRUE(cycle(1).claimed.empty());
}

// W4: a task that kills its worker each time is run again for ever.
TEST_F(task_store, W4_ATaskThatKillsItsWorkerEndsInTheDeadLetters) {
  record twice;
  twice.max_attempts = 2;
  auto id = add(twice);
  for (int attempt = 1; attempt <= 2; ++attempt) {
    auto claimed = cycle(1).claimed;
    ASSERT_EQ(claimed.size(), 1u);
    age(claimed[0]);
    tick();
  }
  EXPECT_EQ(state_of(id), "dead");
  EXPECT_THAT(result_of(id), testing::HasSubstr("WorkerLost"));
  EXPECT_TRUE(cycle(1).claimed.empty());
  script("manage", {"replay", "all"});
  auto again = cycle(1).claimed;
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].attempt, 1u);
}

TEST_F(task_store, WhatIsGivenBackWasNoAttempt) {
  add();
  auto first = cycle(1).claimed[0];
  cycle(0, {{first.id, first.token, ending::kind::back, false, 0ms, 0ms, ""}});
  auto second = cycle(1).claimed[0];
  EXPECT_EQ(second.attempt, 1u);
  EXPECT_NE(second.token, first.token);
}

// W2: one bad record stops the queue.
TEST_F(task_store, W2_ACorruptedRecordIsBuriedAndTheNextTaskRuns) {
  auto bad = add(), good = add();
  command({"HSET", queue.prefix() + "t", std::string{bad.view()}, "junk"});
  auto claimed = cycle(10).claimed;
  ASSERT_EQ(claimed.size(), 1u);
  EXPECT_EQ(claimed[0].id, good);
  EXPECT_EQ(state_of(bad), "dead");
  EXPECT_THAT(result_of(bad), testing::HasSubstr("CorruptTask"));
}

// W6: due times are compared with each node's clock.
TEST_F(task_store, W6_DueTimesAreTheServers) {
  const auto now = cycle(0).now_ms;
  add({}, now + 60'000);
  auto later = cycle(1);
  EXPECT_TRUE(later.claimed.empty());
  EXPECT_EQ(later.next_due_ms, now + 60'000);
  add({}, now - 1);
  EXPECT_EQ(cycle(1).claimed.size(), 1u);
}

// W7: all named queues are one queue.
TEST_F(task_store, W7_QueuesOfDifferentNamesShareNoKey) {
  store other{port, "other"};
  add();
  std::optional<expected<cycle_reply>> reply;
  other.cycle({}, 10, 10s, clock::now() + 10s, [&](auto r) { reply.emplace(std::move(r)); });
  ASSERT_TRUE(loop.run_until([&] { return reply.has_value(); }));
  EXPECT_TRUE((*reply)->claimed.empty());
  auto keys = command({"KEYS", "*"});
  for (const auto& key : std::get<redis_value::array>(keys.data))
    EXPECT_TRUE(std::get<std::string>(key.data).starts_with("{puff:tasks:q}:"));
}

TEST_F(task_store, AUniqueTaskIsThereOnceUntilItEnds) {
  record r;
  r.unique = "only";
  auto first = add(r);
  EXPECT_EQ(add(r), first);
  auto claimed = cycle(5).claimed;
  ASSERT_EQ(claimed.size(), 1u);
  EXPECT_EQ(add(r), first);
  cycle(0, {done(claimed[0], "+1", true)});
  EXPECT_NE(add(r), first);
}

TEST_F(task_store, AKeyBoundsHowManyRun) {
  record r;
  r.limit_key = "api";
  r.concurrency = 2;
  for (int i = 0; i < 5; ++i) add(r);
  auto free = add();
  auto claimed = cycle(10).claimed;
  ASSERT_EQ(claimed.size(), 3u);
  EXPECT_EQ(claimed[2].id, free);
  EXPECT_TRUE(cycle(10).claimed.empty());
  EXPECT_EQ(cycle(10, {done(claimed[0], "+1", true)}).claimed.size(), 1u);
  age(claimed[1]);
  tick();  // a crash frees the place too
  EXPECT_EQ(cycle(10).claimed.size(), 1u);
}

TEST_F(task_store, AKeyBoundsHowManyBegin) {
  record r;
  r.limit_key = "mail";
  r.limit = {2, 3'600'000ms};
  for (int i = 0; i < 5; ++i) add(r);
  auto reply = cycle(10);
  EXPECT_EQ(reply.claimed.size(), 2u);
  EXPECT_GT(reply.next_due_ms, reply.now_ms + 1'000'000);
}

TEST_F(task_store, AQueueIsBoundedAndPaused) {
  for (int i = 0; i < 6; ++i) add();
  script("manage", {"limit", "2", "0", "0"});
  auto claimed = cycle(10).claimed;
  EXPECT_EQ(claimed.size(), 2u);
  EXPECT_TRUE(cycle(10).claimed.empty());
  script("manage", {"limit", "0", "0", "0"});
  script("manage", {"pause"});
  EXPECT_TRUE(cycle(10).claimed.empty());
  script("manage", {"resume"});
  EXPECT_EQ(cycle(10).claimed.size(), 4u);
}

TEST_F(task_store, ACancelledTaskDoesNotRunAndARunningOneIsTold) {
  auto waits = add(), runs = add({}, 1);
  auto held = cycle(1).claimed[0];
  EXPECT_EQ(held.id, runs);
  EXPECT_EQ(std::get<std::int64_t>(script("cancel", {std::string{waits.view()}}).data), 1);
  EXPECT_THAT(result_of(waits), testing::HasSubstr("Cancelled"));
  EXPECT_EQ(std::get<std::int64_t>(script("cancel", {std::string{runs.view()}}).data), 2);
  EXPECT_EQ(tick({held}).cancelled, std::vector<std::size_t>{0});
  EXPECT_TRUE(cycle(10).claimed.empty());
}

TEST_F(task_store, ScriptsAreLoadedAgainWhenTheServerHasForgottenThem) {
  add();
  command({"SCRIPT", "FLUSH"});
  EXPECT_EQ(cycle(1).claimed.size(), 1u);
}

TEST_F(task_store, AStepOfAChainRunsWithTheResultOfTheOneBefore) {
  record second;
  second.function = "app.second";
  auto id = ids.next();
  record first;
  first.next = std::string{id.view()} + encode(second);
  script("chain", {"1", std::string{id.view()}, "0"});
  EXPECT_EQ(state_of(id), "later");
  add(first);
  auto claimed = cycle(1).claimed;
  auto after = cycle(1, {done(claimed[0], "+[7]", true)}).claimed;
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(after[0].id, id);
  EXPECT_EQ(decode(after[0].record)->function, "app.second");
  EXPECT_EQ(decode(after[0].record)->param, "[7]");
}

TEST_F(task_store, AFailedStepFailsTheChain) {
  record second;
  second.function = "app.second";
  auto id = ids.next();
  record first;
  first.next = std::string{id.view()} + encode(second);
  script("chain", {"1", std::string{id.view()}, "0"});
  add(first);
  cycle(0, {done(cycle(1).claimed[0], "-{}", true)});
  EXPECT_EQ(result_of(id), "-{}");
  EXPECT_TRUE(cycle(1).claimed.empty());
}

TEST_F(task_store, AGroupsResultIsTheListOfItsMembers) {
  auto group = ids.next();
  script("chain", {"0", "1", std::string{group.view()}, "3", "10000", ""});
  for (int i = 0; i < 3; ++i) {
    record r;
    r.member = std::string{group.view()} + std::to_string(i);
    add(r);
  }
  auto claimed = cycle(3).claimed;
  cycle(0, {done(claimed[2], "+2", true), done(claimed[0], "+0", true)});
  EXPECT_EQ(result_of(group), "");
  cycle(0, {done(claimed[1], "+1", true)});
  EXPECT_EQ(result_of(group), "+[0,1,2]");
}

TEST_F(task_store, OfManyNodesOneSchedulesAnOccurrence) {
  record r;
  r.function = "app.nightly";
  const auto due = std::to_string(cycle(0).now_ms + 1'000);
  for (int node = 0; node < 3; ++node) {
    auto id = ids.next();
    auto said = script("manage", {"cron", "nightly", due, std::string{id.view()}, encode(r)});
    EXPECT_EQ(std::get<std::int64_t>(said.data), node == 0 ? 1 : 0);
  }
  EXPECT_EQ(std::get<std::int64_t>(command({"ZCARD", queue.prefix() + "s"}).data), 1);
}

}  // namespace
}  // namespace puff::tasks
