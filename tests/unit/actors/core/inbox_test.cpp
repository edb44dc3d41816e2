#include "actors/core/inbox.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace puff {
namespace {

using testing::ElementsAre;

struct inbox_test : testing::Test {
  bool drain() {
    return box.drain([](inbox::turn) {});
  }
  bool put(int number) {
    return box.put([this, number] { ran.push_back(number); });
  }

  inbox box;
  std::vector<int> ran;
};

TEST_F(inbox_test, RunsWhatWasPostedInItsOrder) {
  EXPECT_FALSE(drain());
  EXPECT_FALSE(put(1));
  EXPECT_FALSE(put(2));
  EXPECT_TRUE(box.has_mail());
  EXPECT_TRUE(drain());
  EXPECT_THAT(ran, ElementsAre(1, 2));
  EXPECT_FALSE(box.has_mail());
}

TEST_F(inbox_test, OnlyTheFirstMailOfASleeperMustWakeIt) {
  EXPECT_TRUE(box.fall_asleep());
  EXPECT_TRUE(put(1));
  EXPECT_FALSE(put(2));
}

TEST_F(inbox_test, NobodyFallsAsleepOverMail) {
  put(1);
  EXPECT_FALSE(box.fall_asleep());
  EXPECT_FALSE(put(2));
}

TEST_F(inbox_test, WhoIsUpAgainNeedsNoWaking) {
  EXPECT_TRUE(box.fall_asleep());
  box.awake();
  EXPECT_FALSE(put(1));
}

TEST_F(inbox_test, WhatMailPostsRunsWithTheNextDrain) {
  (void)box.put([this] { put(2); });
  EXPECT_TRUE(drain());
  EXPECT_THAT(ran, ElementsAre());
  EXPECT_TRUE(drain());
  EXPECT_THAT(ran, ElementsAre(2));
}

TEST_F(inbox_test, LosesNothingBetweenThreads) {
  constexpr int each = 10'000;
  int got = 0;
  auto produce = [&] {
    for (int i = 0; i < each; ++i) (void)box.put([&] { ++got; });
  };
  std::thread one{produce}, other{produce};
  while (got < 2 * each) drain();
  one.join();
  other.join();
  EXPECT_FALSE(drain());
}

}  // namespace
}  // namespace puff
