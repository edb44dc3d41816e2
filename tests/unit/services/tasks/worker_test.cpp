#include "services/tasks/worker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/redis/command.hpp"
#include "tests/support/task_queue_world.hpp"

namespace puff::tasks {
namespace {

using namespace std::chrono_literals;
using clock = command_port::clock;

/// Keeps what it was told to run.
class recorder final : public task_runner {
 public:
  void start(task_attempts batch) override {
    ++batches;
    std::move(batch.begin(), batch.end(), std::back_inserter(started));
  }
  void interrupt(std::uint64_t number, std::string why) override {
    interrupted.emplace_back(number, std::move(why));
  }
  std::vector<task_attempt> started;
  std::vector<std::pair<std::uint64_t, std::string>> interrupted;
  int batches = 0;
};

class task_worker : public testing::Test, protected test::task_queue_world {
 protected:
  static worker_options small() {
    worker_options o;
    o.max_running = 4;
    return o;
  }
  std::unique_ptr<worker> make(recorder& by) {
    return std::make_unique<worker>(queue, loop.wheel(), small(), by);
  }
  task_id add(record r = {}, std::int64_t due = -1) {
    r.function = "app.work";
    r.param = "1";
    task_order order{ids.next(), due, "", encode(r)};
    bool done = false;
    queue.add(&order, 1, true, clock::now() + 10s, [&](auto) { done = true; });
    EXPECT_TRUE(loop.run_until([&] { return done; }));
    return order.id;
  }
  void add_many(int count) {
    for (int i = 0; i < count; ++i) add();
  }
  bool until(const std::function<bool()>& reached) { return loop.run_until(reached, 10s); }
  static task_end returned(std::uint64_t number) {
    return {number, task_end::how::returned, "1", 0ms};
  }
  std::string result_of(const task_id& id) {
    std::optional<std::string> text;
    queue.run(*script_named("wait"), {id.view(), ""}, clock::now() + 10s, [&](auto reply) {
      auto& list = std::get<redis_value::array>(reply->data);
      text = list.size() > 1 ? std::get<std::string>(list[1].data) : "";
    });
    EXPECT_TRUE(until([&] { return text.has_value(); }));
    return text.value_or("");
  }

  recorder runner;
};

TEST_F(task_worker, RunsAsManyAtOnceAsItHasPlacesFor) {
  add_many(6);
  auto w = make(runner);
  w->open();
  ASSERT_TRUE(until([&] { return runner.started.size() == 4; }));
  w->end({returned(1), returned(2)});
  ASSERT_TRUE(until([&] { return runner.started.size() == 6; }));
  EXPECT_EQ(w->stats().done, 2u);
}

// W5: one node wakes, and a future task wakes nobody at its time.
TEST_F(task_worker, W5_ATaskWakesAnIdleNodeAtItsTimeAndManyWakeAllNodes) {
  recorder other;
  auto a = make(runner), b = make(other);
  a->open();
  b->open();
  loop.run_ready();
  add_many(8);
  EXPECT_TRUE(until([&] { return runner.started.size() + other.started.size() == 8; }));
  EXPECT_EQ(runner.started.size(), 4u);
  EXPECT_EQ(other.started.size(), 4u);
}

TEST_F(task_worker, StartsAScheduledTaskWhenItIsDue) {
  auto w = make(runner);
  w->open();
  add();
  ASSERT_TRUE(until([&] { return runner.started.size() == 1; }));
  const auto due = w->server_ms() + 150;
  add({}, due);
  EXPECT_EQ(runner.started.size(), 1u);
  const auto before = clock::now();
  ASSERT_TRUE(until([&] { return runner.started.size() == 2; }));
  EXPECT_LT(clock::now() - before, 1s);
}

TEST_F(task_worker, ATimedOutAttemptIsInterruptedAndRunsAgain) {
  record quick;
  quick.timeout = 20ms;
  add(quick);
  auto w = make(runner);
  w->open();
  ASSERT_TRUE(until([&] { return runner.interrupted.size() == 1; }));
  EXPECT_THAT(runner.interrupted[0].second, testing::HasSubstr("20 ms"));
  w->end({returned(runner.interrupted[0].first)});
  ASSERT_TRUE(until([&] { return runner.started.size() == 2; }));
  EXPECT_EQ(runner.started[1].attempt, 2u);
}

TEST_F(task_worker, AnExceptionIsFinalUnlessTheTaskOptedIn) {
  record stubborn;
  stubborn.again = {1, 1ms, 1ms};
  auto final_one = add(), retried = add(stubborn);
  auto w = make(runner);
  w->open();
  ASSERT_TRUE(until([&] { return runner.started.size() == 2; }));
  w->end({{1, task_end::how::raised, "{}", 0ms}, {2, task_end::how::raised, "{}", 0ms}});
  ASSERT_TRUE(until([&] { return runner.started.size() == 3; }));
  EXPECT_EQ(runner.started[2].id, retried);
  EXPECT_EQ(result_of(final_one), "-{}");
  w->end({{3, task_end::how::raised, "{}", 0ms}});
  ASSERT_TRUE(until([&] { return w->stats().ending == 0; }));
  EXPECT_EQ(w->stats().dead, 1u);
}

// W9: a finish that fails drops the result and the task runs again.
TEST_F(task_worker, W9_WhatWasComputedIsToldAgainWhenTheServerIsBack) {
  auto id = add();
  auto w = make(runner);
  w->open();
  ASSERT_TRUE(until([&] { return runner.started.size() == 1; }));
  port.away = true;
  w->end({returned(1)});
  const auto calls = port.calls;
  ASSERT_TRUE(until([&] { return port.calls > calls; }));
  port.away = false;
  ASSERT_TRUE(until([&] { return w->stats().ending == 0; }));
  EXPECT_EQ(result_of(id), "+1");
}

TEST_F(task_worker, GivesBackWhatHasNotStartedWhenItDrains) {
  add_many(4);
  auto w = make(runner);
  w->open();
  ASSERT_TRUE(until([&] { return runner.started.size() == 4; }));
  bool drained = false;
  w->drain([&] { drained = true; });
  loop.run_ready();
  EXPECT_FALSE(drained);
  w->end({returned(1), returned(2), returned(3), {4, task_end::how::abandoned, "", 0ms}});
  ASSERT_TRUE(until([&] { return drained; }));
  recorder other;
  auto next = make(other);
  next->open();
  ASSERT_TRUE(until([&] { return other.started.size() == 1; }));
  EXPECT_EQ(other.started[0].attempt, 1u);
}

// W1: throughput falls with tasks that run elsewhere.
TEST_F(task_worker, W1_ClaimingCostsOneCallHoweverManyRunElsewhere) {
  recorder other;
  worker_options many = small();
  many.max_running = 200;
  worker busy{queue, loop.wheel(), many, other};
  add_many(200);
  busy.open();
  ASSERT_TRUE(until([&] { return other.started.size() == 200; }));
  auto w = make(runner);
  w->open();
  loop.run_ready();
  add_many(1);
  ASSERT_TRUE(until([&] { return runner.started.size() + other.started.size() == 201; }));
}

TEST_F(task_worker, EndsAndClaimsGoWithOneCall) {
  add_many(8);
  auto w = make(runner);
  w->open();
  ASSERT_TRUE(until([&] { return runner.started.size() == 4; }));
  const auto calls = port.calls;
  w->end({returned(1), returned(2), returned(3), returned(4)});
  ASSERT_TRUE(until([&] { return runner.started.size() == 8; }));
  EXPECT_EQ(port.calls, calls + 1);
}

}  // namespace
}  // namespace puff::tasks
