#include "services/timers/deadline_wheel.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace puff {
namespace {

using namespace std::chrono_literals;

struct deadline_wheel_test : testing::Test {
  deadline_wheel::clock::time_point start{1000s};
  deadline_wheel wheel{start};
  std::string fired;

  auto arm(std::chrono::milliseconds in, char mark) {
    return wheel.arm(start + in, [this, mark] { fired += mark; });
  }
};

TEST_F(deadline_wheel_test, FiresInOrderOfDueTimeAndNeverEarly) {
  arm(30ms, 'c');
  arm(10ms, 'a');
  arm(20ms, 'b');
  EXPECT_EQ(wheel.advance(start + 9ms), 0u);
  EXPECT_EQ(wheel.advance(start + 20ms), 2u);
  EXPECT_EQ(fired, "ab");
  EXPECT_EQ(wheel.advance(start + 1h), 1u);
  EXPECT_EQ(fired, "abc");
}

TEST_F(deadline_wheel_test, DeadlinesOfOneTickKeepTheOrderOfArming) {
  arm(5ms, 'a');
  arm(5ms, 'b');
  arm(5ms, 'c');
  wheel.advance(start + 5ms);
  EXPECT_EQ(fired, "abc");
}

TEST_F(deadline_wheel_test, CancelledDeadlineNeverFires) {
  auto a = arm(10ms, 'a');
  EXPECT_TRUE(wheel.cancel(a));
  EXPECT_FALSE(wheel.cancel(a));
  EXPECT_EQ(wheel.advance(start + 1s), 0u);
  EXPECT_EQ(wheel.size(), 0u);
}

TEST_F(deadline_wheel_test, StaleTicketDoesNotCancelTheSlotsNextDeadline) {
  auto a = arm(1ms, 'a');
  wheel.advance(start + 2ms);
  arm(10ms, 'b');
  EXPECT_FALSE(wheel.cancel(a));
  wheel.advance(start + 20ms);
  EXPECT_EQ(fired, "ab");
}

TEST_F(deadline_wheel_test, DeadlinesBeyondOneRoundWaitForTheirRound) {
  arm(10000ms, 'b');
  arm(10000ms - 4096ms, 'a');
  wheel.advance(start + 9999ms);
  EXPECT_EQ(fired, "a");
  wheel.advance(start + 10000ms);
  EXPECT_EQ(fired, "ab");
}

TEST_F(deadline_wheel_test, CallbackMayArmAndCancel) {
  auto later = arm(20ms, 'x');
  wheel.arm(start + 10ms, [&] {
    wheel.cancel(later);
    arm(30ms, 'y');
  });
  wheel.advance(start + 1s);
  EXPECT_EQ(fired, "y");
}

TEST_F(deadline_wheel_test, NextIsNeverLaterThanTheEarliestDeadline) {
  std::mt19937 random{7};
  auto now = start;
  std::size_t armed = 0, fired_count = 0;
  for (int round = 0; round < 2000; ++round) {
    auto when = now + std::chrono::milliseconds{random() % 9000 + 1};
    wheel.arm(when, [&, when] {
      ++fired_count;
      EXPECT_GE(wheel.now(), when);
    });
    ++armed;
    if (round % 3 == 0) {
      auto next = wheel.next();
      ASSERT_TRUE(next);
      EXPECT_GT(*next, now);
      now = *next;
      wheel.advance(now);
    }
  }
  wheel.advance(now + 20s);
  EXPECT_EQ(fired_count, armed);
  EXPECT_FALSE(wheel.next());
}

TEST_F(deadline_wheel_test, TellsAnEarlierWakeOnce) {
  EXPECT_FALSE(wheel.earlier_wake());
  arm(50ms, 'a');
  EXPECT_EQ(wheel.earlier_wake(), start + 50ms);
  arm(80ms, 'b');
  EXPECT_FALSE(wheel.earlier_wake());
  arm(20ms, 'c');
  EXPECT_EQ(wheel.earlier_wake(), start + 20ms);
  wheel.advance(start + 20ms);
  EXPECT_EQ(wheel.earlier_wake(), start + 50ms);
  wheel.advance(start + 80ms);
  EXPECT_FALSE(wheel.earlier_wake());
}

}  // namespace
}  // namespace puff
