#include "actors/core/end.hpp"

#include "tests/support/actor_test.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;

struct end_stage {
  std::vector<int> heard;
};

struct end_test : end_stage, actor_test {
  oracle::interface whom = spawn<oracle>(system, here(), oracle::manner::answers, &heard);
  caf::strong_actor_ptr target = caf::actor_cast<caf::strong_actor_ptr>(whom);

  void queue_three() {
    settle();
    for (int i = 1; i <= 3; ++i) caf::anon_send(whom, check_atom::value, i);
  }
};

TEST_F(end_test, ToldToEndItHandlesWhatWaitsFirst) {
  queue_three();
  tell_to_end(target);
  settle();
  EXPECT_EQ(heard, (std::vector<int>{1, 2, 3}));
  EXPECT_FALSE(loop.hosts(target->id()));
}

TEST_F(end_test, KilledItTakesNoMoreMail) {
  queue_three();
  kill(target);
  settle();
  EXPECT_TRUE(heard.empty());
  EXPECT_FALSE(loop.hosts(target->id()));
}

TEST_F(end_test, AsksInTheMailboxOfAKilledActorAreAnswered) {
  settle();
  auto who = spawn<interlocutor>(system, here(), [this](auto* self) {
    ask(self, whom, 1s, check_atom::value, 1).then(result.on_value(), result.on_error());
    kill(target);
  });
  caf::anon_send(who, check_atom::value);
  settle();
  EXPECT_EQ(result.why, ec::unavailable);
}

}  // namespace
}  // namespace puff
