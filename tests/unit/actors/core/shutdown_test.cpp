#include "actors/core/shutdown.hpp"

#include <gmock/gmock.h>

#include "tests/support/actor_test.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;
using stage = shutdown_stage;
using testing::ElementsAre;

struct shutdown_test : actor_test {
  struct shutdown ending {
    loop
  };
  std::vector<std::string> begun;
  std::vector<shutdown::done> open;
  std::optional<shutdown_report> told;
  int tellings = 0;

  void add_open(stage when, std::string name) {
    ending.add(when, name, [this, name](shutdown::done done) {
      begun.push_back(name);
      open.push_back(std::move(done));
    });
  }
  void add_instant(stage when, std::string name) {
    ending.add(when, name, [this, name](const shutdown::done& done) {
      begun.push_back(name);
      done();
    });
  }
  void begin() {
    ending.begin([this](const shutdown_report& report) {
      told = report;
      ++tellings;
    });
  }
};

TEST_F(shutdown_test, WithoutStepsIsOverAtOnce) {
  begin();
  ASSERT_TRUE(told);
  EXPECT_TRUE(told->in_order());
}

TEST_F(shutdown_test, RunsTheStagesInTheirOrderWhateverTheOrderOfAdding) {
  add_instant(stage::close, "actors");
  add_instant(stage::give_back, "tasks");
  add_instant(stage::stop_accepting, "http");
  add_instant(stage::finish, "requests");
  begin();
  EXPECT_THAT(begun, ElementsAre("http", "requests", "tasks", "actors"));
  EXPECT_TRUE(told->in_order());
  EXPECT_EQ(loop.deadlines().size(), 0u);
}

TEST_F(shutdown_test, StepsOfAStageRunSideBySideAndTheNextWaitsForAll) {
  add_open(stage::finish, "a");
  add_open(stage::finish, "b");
  add_instant(stage::close, "c");
  begin();
  EXPECT_THAT(begun, ElementsAre("a", "b"));
  open[1]();
  EXPECT_FALSE(told);
  open[0]();
  EXPECT_THAT(begun, ElementsAre("a", "b", "c"));
  EXPECT_TRUE(told->in_order());
}

TEST_F(shutdown_test, StageEndsAtItsLimitAndTheReportNamesWhatWasLeft) {
  add_open(stage::finish, "slow");
  add_instant(stage::finish, "quick");
  add_instant(stage::close, "actors");
  ending.limit(stage::finish, 3s);
  begin();
  advance(2999ms);
  EXPECT_FALSE(told);
  advance(2ms);
  ASSERT_TRUE(told);
  EXPECT_THAT(begun, ElementsAre("slow", "quick", "actors"));
  EXPECT_EQ(to_text(*told), "finish: slow did not end within 3000 ms\n");
  EXPECT_GE(told->took, 3s);
}

TEST_F(shutdown_test, LateAndRepeatedCallsOfDoneChangeNothing) {
  add_open(stage::finish, "slow");
  add_open(stage::close, "a");
  add_open(stage::close, "b");
  ending.limit(stage::finish, 1s);
  begin();
  advance(1001ms);
  open[0]();
  open[1]();
  open[1]();
  EXPECT_FALSE(told);  // "b" is still open
  open[2]();
  EXPECT_EQ(tellings, 1);
  open[2]();
  EXPECT_EQ(tellings, 1);
}

TEST_F(shutdown_test, SecondCallEndsAtOnceButStillClosesEverything) {
  add_open(stage::finish, "requests");
  add_open(stage::close, "actors");
  begin();
  begin();
  ASSERT_TRUE(told);
  EXPECT_TRUE(told->hurried);
  EXPECT_THAT(begun, ElementsAre("requests", "actors"));
  EXPECT_EQ(to_text(*told),
            "finish: requests was not waited for\nclose: actors was not waited for\n");
  EXPECT_EQ(loop.deadlines().size(), 0u);
  begin();
  EXPECT_EQ(tellings, 1);
}

TEST_F(shutdown_test, StepThatThrowsIsReportedAndDoesNotHoldTheRest) {
  ending.add(stage::stop_accepting, "http",
             [](const shutdown::done&) { throw std::runtime_error{"socket is gone"}; });
  add_instant(stage::close, "actors");
  begin();
  ASSERT_TRUE(told);
  EXPECT_EQ(to_text(*told), "stop accepting: http internal error: socket is gone\n");
  EXPECT_THAT(begun, ElementsAre("actors"));
}

TEST_F(shutdown_test, StepMayAskForHaste) {
  ending.add(stage::stop_accepting, "signal", [this](const shutdown::done&) { begin(); });
  add_open(stage::close, "actors");
  begin();
  ASSERT_TRUE(told);
  EXPECT_TRUE(told->hurried);
  EXPECT_EQ(told->unfinished.size(), 2u);
}

TEST(shutdown_life_test, DoneAfterItsEndIsHarmless) {
  struct still final : deadline_source {
    ticket arm(clock::time_point when, deadline_wheel::callback what) override {
      return wheel.arm(when, std::move(what));
    }
    bool cancel(ticket armed) noexcept override { return wheel.cancel(armed); }
    clock::time_point now() const noexcept override { return wheel.now(); }
    deadline_wheel wheel;
  } source;
  shutdown::done kept;
  {
    shutdown ending{source};
    ending.add(stage::close, "a", [&](shutdown::done done) { kept = std::move(done); });
    ending.begin([](const shutdown_report&) { FAIL(); });
  }
  EXPECT_EQ(source.wheel.size(), 0u);
  kept();
}

}  // namespace
}  // namespace puff
