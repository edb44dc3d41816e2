#include "actors/core/outside_ask.hpp"

#include "tests/support/actor_test.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;
using manner = oracle::manner;

struct told {
  std::vector<expected<int>> answers;
  std::function<void(expected<int>)> note() {
    return [this](expected<int> got) { answers.push_back(std::move(got)); };
  }
};

struct outside_ask_test : told, actor_test {
  void ask_one(manner how) {
    auto whom = spawn<oracle>(system, here(), how);
    outside_ask<int>(loop, whom, 100ms, note(), check_atom::value, 41);
    settle();
  }
};

TEST_F(outside_ask_test, TellsTheAnswerAndLeavesNothingBehind) {
  ask_one(manner::answers);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(*answers[0], 42);
  EXPECT_EQ(loop.deadlines().size(), 0u);
}

TEST_F(outside_ask_test, TellsTheDeadline) {
  ask_one(manner::keeps);
  EXPECT_TRUE(answers.empty());
  advance(101ms);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(code_of(answers[0].error()), ec::timed_out);
}

TEST_F(outside_ask_test, TellsOfAnEmptyResource) {
  outside_ask<int>(loop, resource<oracle::interface>{}, 100ms, note(), check_atom::value, 41);
  settle();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(code_of(answers[0].error()), ec::unavailable);
}

TEST_F(outside_ask_test, TellsOfTheEndOfTheLoop) {
  auto whom = spawn_on_workers<oracle>(on_workers(), manner::keeps);
  {
    asio_loop brief{system, asio_loop::drive::by_hand};
    outside_ask<int>(brief, whom, 100ms, note(), check_atom::value, 41);
  }
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(code_of(answers[0].error()), ec::shutting_down);
}

TEST_F(outside_ask_test, LoopsOwnThreadMayNotWait) {
  auto whom = spawn<oracle>(system, here(), manner::answers);
  auto got = ask_and_wait<int>(loop, whom, 100ms, check_atom::value, 41);
  EXPECT_EQ(code_of(got.error()), ec::bad_argument);
}

TEST_F(outside_ask_test, AnotherThreadWaitsForALoopWithAThread) {
  asio_loop own{system};
  auto whom = spawn<oracle>(system, placement{.home = &own}, manner::answers);
  auto got = ask_and_wait<int>(own, whom, 10s, check_atom::value, 41);
  ASSERT_TRUE(got);
  EXPECT_EQ(*got, 42);
  auto silent = spawn<oracle>(system, placement{.home = &own}, manner::keeps);
  auto none = ask_and_wait<int>(own, silent, 10ms, check_atom::value, 41);
  EXPECT_EQ(code_of(none.error()), ec::timed_out);
}

}  // namespace
}  // namespace puff
