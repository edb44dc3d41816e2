#include "actors/core/restart_policy.hpp"

#include <gtest/gtest.h>

namespace puff {
namespace {

using namespace std::chrono_literals;

struct restart_policy_test : testing::Test {
  restart_policy::clock::time_point now{1000s};
  double jitter = 0.999;
  restart_policy policy_of(restart_options options) {
    return {options, [this] { return jitter; }};
  }
};

TEST_F(restart_policy_test, WaitsBetweenHalfAndTheWholeOfABackOffThatDoubles) {
  auto policy = policy_of({});
  EXPECT_EQ(policy.next_wait(now), 99ms);
  jitter = 0;
  EXPECT_EQ(policy.next_wait(now), 100ms);
  EXPECT_EQ(policy.next_wait(now), 200ms);
}

TEST_F(restart_policy_test, NeverWaitsLongerThanTheLongest) {
  auto policy = policy_of({.longest = 1s, .ceiling = 100});
  for (int i = 0; i < 50; ++i) EXPECT_LE(*policy.next_wait(now), 1s);
}

TEST_F(restart_policy_test, QuietTimeStartsOverAndAShorterOneDoesNot) {
  auto policy = policy_of({.quiet = 30s});
  jitter = 0;
  policy.next_wait(now);
  policy.came_up(now);
  now += 29s;
  EXPECT_EQ(policy.next_wait(now), 100ms);
  policy.came_up(now);
  now += 30s;
  EXPECT_EQ(policy.next_wait(now), 50ms);
}

TEST_F(restart_policy_test, TimeDownIsNotQuietTime) {
  auto policy = policy_of({.quiet = 30s});
  jitter = 0;
  policy.came_up(now);
  policy.next_wait(now);
  now += 40s;  // the start failed without coming up
  EXPECT_EQ(policy.next_wait(now), 100ms);
}

TEST_F(restart_policy_test, GivesUpAtTheCeilingWithinTheWindowOnly) {
  auto policy = policy_of({.ceiling = 2, .window = 60s});
  EXPECT_TRUE(policy.next_wait(now));
  now += 30s;
  EXPECT_TRUE(policy.next_wait(now));
  now += 29s;
  EXPECT_FALSE(policy.next_wait(now));
  now += 1s;
  EXPECT_TRUE(policy.next_wait(now));
  EXPECT_FALSE(policy.next_wait(now));
}

}  // namespace
}  // namespace puff
