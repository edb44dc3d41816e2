#include "actors/core/shared_deadlines.hpp"

#include "tests/support/actor_test.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;

struct shared_deadlines_test : actor_test {
  std::string fired;
  auto arm(std::chrono::milliseconds in, char mark) {
    return shared.arm(shared.now() + in, [this, mark] { fired += mark; });
  }
};

TEST_F(shared_deadlines_test, FireInOrderByTheDriversClock) {
  arm(30ms, 'c');
  arm(10ms, 'a');
  arm(20ms, 'b');
  advance(9ms);
  EXPECT_EQ(fired, "");
  advance(1ms + 1ms);  // the two wheels tick up to a millisecond apart
  EXPECT_EQ(fired, "a");
  advance(20ms);
  EXPECT_EQ(fired, "abc");
  EXPECT_EQ(loop.deadlines().size(), 0u);
}

TEST_F(shared_deadlines_test, CancelledDeadlineNeverFires) {
  auto a = arm(10ms, 'a');
  EXPECT_TRUE(shared.cancel(a));
  EXPECT_FALSE(shared.cancel(a));
  advance(1s);
  EXPECT_EQ(fired, "");
}

TEST_F(shared_deadlines_test, CallbackMayArmAndCancel) {
  auto later = arm(50ms, 'x');
  shared.arm(shared.now() + 10ms, [this, later] {
    shared.cancel(later);
    arm(10ms, 'y');
  });
  advance(1s);
  EXPECT_EQ(fired, "y");
}

TEST_F(shared_deadlines_test, EndBeforeTheirDriver) {
  {
    shared_deadlines brief{loop};
    brief.arm(brief.now() + 10ms, [this] { fired += 'z'; });
    settle();
  }
  advance(1s);
  EXPECT_EQ(fired, "");
}

}  // namespace
}  // namespace puff
