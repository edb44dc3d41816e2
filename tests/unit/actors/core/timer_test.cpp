#include "actors/core/timer.hpp"

#include "tests/support/actor_test.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;

/// Outlives the actors.
struct timer_stage {
  int rings = 0;
  timer one;
  ticker many;
};

struct timer_test : timer_stage, actor_test {
  caf::actor_id run(interlocutor::script what, placement where) {
    auto who = spawn<interlocutor>(system, std::move(where), std::move(what));
    caf::anon_send(who, check_atom::value);
    settle();
    return caf::actor_cast<caf::strong_actor_ptr>(who)->id();
  }
  caf::actor_id run(interlocutor::script what) { return run(std::move(what), here()); }
  ~timer_test() override {
    one.cancel();
    many.cancel();
  }
};

TEST_F(timer_test, RingsOnceAndNotEarly) {
  run([this](auto* self) { one = after(self, 50ms, [this] { ++rings; }); });
  advance(49ms);
  EXPECT_EQ(rings, 0);
  advance(10s);
  EXPECT_EQ(rings, 1);
}

TEST_F(timer_test, DroppedTimerDoesNotRing) {
  run([this](auto* self) { one = after(self, 50ms, [this] { ++rings; }); });
  one = timer{};
  advance(1s);
  EXPECT_EQ(rings, 0);
}

TEST_F(timer_test, TimerOfAnEndedActorDoesNotRing) {
  run([this](auto* self) {
    one = after(self, 50ms, [this] { ++rings; });
    self->quit();
  });
  advance(1s);
  EXPECT_EQ(rings, 0);
}

TEST_F(timer_test, WhatItThrowsEndsTheActorAtOnce) {
  auto place = here();
  auto id =
      run([this](auto* self) { one = after(self, 50ms, [] { throw std::runtime_error{"late"}; }); },
          place);
  EXPECT_TRUE(loop.hosts(id));
  advance(51ms);
  EXPECT_FALSE(loop.hosts(id));
  EXPECT_EQ(place.counts->last_error(), "internal error: late");
}

TEST_F(timer_test, WhatIsNoExceptionEndsTheActorToo) {
  auto id = run([this](auto* self) { one = after(self, 50ms, [] { throw 7; }); });
  advance(51ms);
  EXPECT_FALSE(loop.hosts(id));
}

TEST_F(timer_test, QuitInATimerEndsTheActorAtOnce) {
  auto id = run([this](auto* self) { one = after(self, 50ms, [self] { self->quit(); }); });
  advance(51ms);
  EXPECT_FALSE(loop.hosts(id));
}

TEST_F(timer_test, TickerRingsEveryPeriodWithoutDrift) {
  run([this](auto* self) { many = every(self, 100ms, [this] { ++rings; }); });
  advance(99ms);
  EXPECT_EQ(rings, 0);
  advance(1ms);
  EXPECT_EQ(rings, 1);
  advance(900ms);
  EXPECT_EQ(rings, 10);
}

TEST_F(timer_test, TickerLeavesOutMissedBeats) {
  run([this](auto* self) { many = every(self, 100ms, [this] { ++rings; }); });
  loop.deadlines().advance(loop.now() + 1050ms);  // the thread was busy
  auto caught_up = rings;
  EXPECT_LE(caught_up, 10);
  advance(49ms);
  EXPECT_EQ(rings, caught_up);
  advance(2ms);
  EXPECT_EQ(rings, caught_up + 1);
}

TEST_F(timer_test, TickerMayBeDroppedByItsOwnBeat) {
  run([this](auto* self) {
    many = every(self, 10ms, [this] {
      if (++rings == 3) many.cancel();
    });
  });
  advance(1s);
  EXPECT_EQ(rings, 3);
  EXPECT_EQ(loop.deadlines().size(), 0u);
}

TEST_F(timer_test, TickerEndsWithItsActor) {
  run([this](auto* self) {
    many = every(self, 10ms, [this, self] {
      if (++rings == 2) self->quit();
    });
  });
  advance(1s);
  EXPECT_EQ(rings, 2);
}

TEST_F(timer_test, BeatThatThrowsEndsTheActorAndTheRhythm) {
  auto id = run([this](auto* self) {
    many = every(self, 10ms, [this] {
      ++rings;
      throw std::runtime_error{"no"};
    });
  });
  advance(1s);
  EXPECT_EQ(rings, 1);
  EXPECT_FALSE(loop.hosts(id));
}

}  // namespace
}  // namespace puff
