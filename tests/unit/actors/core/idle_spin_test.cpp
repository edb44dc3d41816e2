#include "actors/core/idle_spin.hpp"

#include <gtest/gtest.h>

namespace puff {
namespace {

using namespace std::chrono_literals;

struct looks {
  bool operator()() { return ++count >= needed; }
  int needed;
  int count = 0;
};

TEST(idle_spin, StopsAsSoonAsThereIsWork) {
  idle_spin spin{1h};
  looks found{.needed = 100};
  EXPECT_TRUE(spin(std::ref(found)));
  EXPECT_EQ(found.count, 100);
}

TEST(idle_spin, GivesUpAfterItsTime) {
  idle_spin spin{1us};
  EXPECT_FALSE(spin([] { return false; }));
}

TEST(idle_spin, SkipsMoreTimesTheOftenerItLookedInVain) {
  idle_spin spin{1us};
  auto sleeps_until_next_look = [&] {
    int sleeps = 0;
    for (bool looked = false; !looked; ++sleeps) spin([&] { return looked = true, false; });
    return sleeps;
  };
  const auto first = sleeps_until_next_look(), second = sleeps_until_next_look(),
             third = sleeps_until_next_look(), fourth = sleeps_until_next_look();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 1);
  EXPECT_LT(second, third);
  EXPECT_LT(third, fourth);
}

TEST(idle_spin, LooksAtOnceAgainAfterASuccess) {
  idle_spin spin{1us};
  spin([] { return false; });
  EXPECT_TRUE(spin([] { return true; }));
  spin([] { return false; });
  EXPECT_TRUE(spin([] { return true; }));
}

TEST(idle_spin, NeverLooksWhenSwitchedOff) {
  idle_spin spin{0ns};
  EXPECT_FALSE(spin([] { return true; }));
}

}  // namespace
}  // namespace puff
