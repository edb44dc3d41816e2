#include "actors/core/pinned.hpp"

#include "tests/support/actor_test.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;
using manner = oracle::manner;

struct pinned_stage {
  std::vector<int> heard;
};

struct pinned_test : pinned_stage, actor_test {};

struct stillborn {
  using interface = caf::typed_actor<caf::reacts_to<check_atom>>;
  static constexpr const char* name = "stillborn";
  explicit stillborn(self_pointer<interface>) { throw std::runtime_error{"never"}; }
  interface::behavior_type make_behavior() {
    return {[](check_atom) {}};
  }
};

TEST_F(pinned_test, ControlLaneOvertakesQueuedMail) {
  auto whom = spawn<oracle>(system, here(), manner::answers, &heard);
  settle();
  for (int i = 1; i <= 3; ++i) caf::anon_send(whom, check_atom::value, i);
  caf::anon_send<caf::message_priority::high>(whom, check_atom::value, 99);
  settle();
  EXPECT_EQ(heard, (std::vector<int>{99, 1, 2, 3}));
}

TEST_F(pinned_test, AsksBeyondTheBoundAreRefusedAndPlainMailIsNot) {
  auto place = here(2);
  auto whom = spawn<oracle>(system, place, manner::answers, &heard);
  settle();
  int answers = 0, refusals = 0;
  auto who = spawn<interlocutor>(system, here(), [&, whom](auto* self) {
    for (int i = 0; i < 5; ++i)
      ask(self, whom, 1s, check_atom::value, i)
          .then([&](int) { ++answers; },
                [&](const error& why) { refusals += code_of(why) == ec::overloaded; });
    for (int i = 10; i < 13; ++i) caf::anon_send(whom, check_atom::value, i);
  });
  caf::anon_send(who, check_atom::value);
  settle();
  EXPECT_EQ(answers, 2);
  EXPECT_EQ(refusals, 3);
  EXPECT_EQ(heard.size(), 5u);
  EXPECT_EQ(place.counts->refused, 3u);
  EXPECT_EQ(place.counts->waiting(), 0u);
}

TEST_F(pinned_test, CountsWhatWaitsAndWhatWasHandled) {
  auto place = here(1000);
  auto whom = spawn<oracle>(system, place, manner::answers, &heard);
  settle();
  for (int i = 0; i < 120; ++i) caf::anon_send(whom, check_atom::value, i);
  EXPECT_EQ(place.counts->waiting(), 120u);
  loop.io().poll_one();  // one turn
  EXPECT_EQ(place.counts->handled, 50u);
  EXPECT_EQ(place.counts->waiting(), 70u);
  settle();
  EXPECT_EQ(place.counts->handled, 120u);
}

TEST_F(pinned_test, ThrowingConstructorThrowsAtTheSpawner) {
  EXPECT_THROW(spawn<stillborn>(system, here()), std::runtime_error);
  settle();
}

TEST_F(pinned_test, StateDiesOnExitWhoeverHoldsHandles) {
  auto kept_alive = std::make_shared<int>(1);
  auto who = spawn<interlocutor>(system, here(), [kept_alive](auto*) {});
  settle();
  EXPECT_EQ(kept_alive.use_count(), 2);
  caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
  settle();
  EXPECT_EQ(kept_alive.use_count(), 1);
}

TEST_F(pinned_test, ActorsStayOnTheirOwnSide) {
  auto pinned_one = spawn<interlocutor>(system, here(), [](auto*) {});
  auto ordinary_one = spawn_on_workers<interlocutor>(on_workers(), [](auto*) {});
  settle();
  caf::anon_send(pinned_one, check_atom::value);
  EXPECT_FALSE(scheduler.has_job());
  caf::anon_send(ordinary_one, check_atom::value);
  EXPECT_TRUE(scheduler.has_job());
}

}  // namespace
}  // namespace puff
