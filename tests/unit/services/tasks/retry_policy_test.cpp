#include "services/tasks/retry_policy.hpp"

#include <gtest/gtest.h>

namespace puff::tasks {
namespace {

using namespace std::chrono_literals;

constexpr retries how{5, 100ms, 1'000ms};

TEST(retry_policy, DoublesUpToTheLongestPause) {
  auto none = [] { return 0.0; };
  EXPECT_EQ(pause_after(1, how, none), 100ms);
  EXPECT_EQ(pause_after(2, how, none), 200ms);
  EXPECT_EQ(pause_after(4, how, none), 800ms);
  EXPECT_EQ(pause_after(5, how, none), 1'000ms);
  EXPECT_EQ(pause_after(1'000, how, none), 1'000ms);
}

TEST(retry_policy, TakesOffAtMostHalfAtRandom) {
  EXPECT_EQ(pause_after(1, how, [] { return 0.5; }), 75ms);
  EXPECT_GE(pause_after(5, how, [] { return 0.999; }), 500ms);
}

}  // namespace
}  // namespace puff::tasks
