#include "actors/core/vain_looks.hpp"

#include <gtest/gtest.h>

namespace puff {
namespace {

/// How many looks are left out before the next one.
int skipped(vain_looks& looks) {
  int count = 0;
  while (looks.skip()) ++count;
  return count;
}

TEST(vain_looks, LeavesNothingOutAtFirst) {
  vain_looks looks;
  EXPECT_EQ(skipped(looks), 0);
}

TEST(vain_looks, LeavesOutMoreEachTime) {
  vain_looks looks;
  int before = -1;
  for (int i = 0; i < 5; ++i) {
    looks.found_nothing();
    const int now = skipped(looks);
    EXPECT_GT(now, before);
    before = now;
  }
}

TEST(vain_looks, LeavesOutABoundedNumber) {
  vain_looks looks;
  for (int i = 0; i < 100; ++i) looks.found_nothing();
  EXPECT_LT(skipped(looks), 1'000);
}

TEST(vain_looks, BeginsAnewWhenItFindsSomething) {
  vain_looks looks;
  for (int i = 0; i < 5; ++i) looks.found_nothing();
  static_cast<void>(skipped(looks));
  looks.found();
  looks.found_nothing();
  EXPECT_EQ(skipped(looks), 0);
}

}  // namespace
}  // namespace puff
