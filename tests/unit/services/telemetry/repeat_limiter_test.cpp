#include "services/telemetry/repeat_limiter.hpp"

#include <gtest/gtest.h>

namespace puff::log {
namespace {

using namespace std::chrono_literals;

struct repeat_limiter_test : testing::Test {
  repeat_limiter limiter{3};
  repeat_limiter::clock::time_point now{1000s};
};

TEST_F(repeat_limiter_test, FirstIsAdmittedOthersWithinTheIntervalAreHeld) {
  EXPECT_EQ(limiter.admit("a", 10s, now), 0u);
  EXPECT_EQ(limiter.admit("a", 10s, now + 1s), std::nullopt);
  EXPECT_EQ(limiter.admit("a", 10s, now + 9999ms), std::nullopt);
  EXPECT_EQ(limiter.admit("a", 10s, now + 10s), 2u);
  EXPECT_EQ(limiter.admit("a", 10s, now + 20s), 0u);
}

TEST_F(repeat_limiter_test, KeysAreIndependent) {
  EXPECT_EQ(limiter.admit("a", 10s, now), 0u);
  EXPECT_EQ(limiter.admit("b", 10s, now), 0u);
  EXPECT_EQ(limiter.admit("a", 10s, now), std::nullopt);
}

TEST_F(repeat_limiter_test, MemoryIsBounded) {
  for (int i = 0; i < 100; ++i) limiter.admit("key" + std::to_string(i), 10s, now + i * 1ms);
  EXPECT_EQ(limiter.size(), 3u);
  EXPECT_EQ(limiter.admit("key99", 10s, now + 1s), std::nullopt);
  EXPECT_EQ(limiter.admit("key0", 10s, now + 1s), 0u);
}

TEST_F(repeat_limiter_test, HeldOnesAreTakenOnce) {
  limiter.admit("a", 10s, now);
  limiter.admit("a", 10s, now);
  limiter.admit("b", 10s, now);
  auto held = limiter.take_held();
  ASSERT_EQ(held.size(), 1u);
  EXPECT_EQ(held[0], (std::pair<std::string, std::uint64_t>{"a", 1}));
  EXPECT_TRUE(limiter.take_held().empty());
}

}  // namespace
}  // namespace puff::log
