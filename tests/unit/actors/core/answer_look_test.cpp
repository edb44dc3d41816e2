#include "actors/core/answer_look.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace puff {
namespace {

TEST(answer_look, IsTakenOnceAndByTheThreadThatExpects) {
  EXPECT_FALSE(take_expectation());
  expect_answer();
  std::thread{[] { EXPECT_FALSE(take_expectation()); }}.join();
  EXPECT_TRUE(take_expectation());
  EXPECT_FALSE(take_expectation());
}

}  // namespace
}  // namespace puff
