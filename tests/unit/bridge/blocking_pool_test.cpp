#include "bridge/blocking_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <semaphore>

namespace puff::bridge {
namespace {

using namespace std::chrono_literals;

// Work that does not touch Python; tests/integration/test_blocking.py has the rest.

TEST(blocking_pool, RunsWhatWasTakenBeforeItStops) {
  blocking_pool pool{{}};
  std::atomic<int> ran = 0;
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(pool.submit([&ran] { ++ran; }));
  EXPECT_TRUE(pool.stop(10s));
  EXPECT_EQ(ran, 100);
  EXPECT_EQ(code_of(pool.submit([] {})), ec::shutting_down);
}

TEST(blocking_pool, AddsAThreadOnlyWhenNoneIsIdle) {
  blocking_pool pool{{}};
  for (int i = 0; i < 10; ++i) {
    std::binary_semaphore ran{0};
    EXPECT_FALSE(pool.submit([&ran] { ran.release(); }));
    ran.acquire();
    while (pool.stats().idle == 0) std::this_thread::yield();
  }
  EXPECT_EQ(pool.stats().threads, 1u);
  EXPECT_TRUE(pool.stop(10s));
}

TEST(blocking_pool, RefusesMoreThanMayWait) {
  blocking_pool pool{{.max_threads = 1, .max_waiting = 2}};
  std::binary_semaphore started{0}, gate{0};
  EXPECT_FALSE(pool.submit([&] { started.release(), gate.acquire(); }));
  started.acquire();
  EXPECT_FALSE(pool.submit([] {}));
  EXPECT_FALSE(pool.submit([] {}));
  EXPECT_EQ(code_of(pool.submit([] {})), ec::overloaded);
  gate.release();
  EXPECT_TRUE(pool.stop(10s));
}

TEST(blocking_pool, AnIdleThreadEnds) {
  blocking_pool pool{{.idle_time = 1ms}};
  EXPECT_FALSE(pool.submit([] {}));
  while (pool.stats().threads != 0) std::this_thread::yield();
  EXPECT_FALSE(pool.submit([] {}));
  EXPECT_TRUE(pool.stop(10s));
}

TEST(blocking_pool, LeavesAThreadBehindThatDoesNotEndInTime) {
  std::binary_semaphore gate{0}, ended{0};
  blocking_pool pool{{}};
  EXPECT_FALSE(pool.submit([&] { gate.acquire(), ended.release(); }));
  EXPECT_FALSE(pool.stop(1ms));
  gate.release();
  ended.acquire();
}

}  // namespace
}  // namespace puff::bridge
