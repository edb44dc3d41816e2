#include "actors/core/asio_loop.hpp"

#include "actors/core/outside_ask.hpp"
#include "tests/support/actor_test.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;
using manner = oracle::manner;

/// Ends only after a while of its own.
struct lingerer {
  using interface = caf::typed_actor<caf::reacts_to<check_atom>>;
  static constexpr const char* name = "lingerer";

  lingerer(self_pointer<interface> self, std::function<void()> at_end)
      : self_(self), at_end_(std::move(at_end)) {}
  ~lingerer() { at_end_(); }
  interface::behavior_type make_behavior() {
    self_->set_exit_handler([this](caf::exit_msg&) {
      if (!timer_armed_) linger_ = after(self_, 20ms, [this] { self_->quit(); });
      timer_armed_ = true;
    });
    return {[](check_atom) {}};
  }

  self_pointer<interface> self_;
  std::function<void()> at_end_;
  timer linger_;
  bool timer_armed_ = false;
};

struct asio_loop_test : actor_test {};

TEST_F(asio_loop_test, RunsWhatIsPostedOnItsOwnThread) {
  asio_loop own{system};
  std::promise<bool> ran;
  own.post([&] { ran.set_value(own.on_own_thread()); });
  EXPECT_TRUE(ran.get_future().get());
  EXPECT_FALSE(own.on_own_thread());
}

TEST_F(asio_loop_test, DeadlinesFireWithoutOtherWork) {
  asio_loop own{system};
  std::promise<void> fired;
  own.post([&] { own.arm(own.now() + 5ms, [&] { fired.set_value(); }); });
  fired.get_future().get();
}

TEST_F(asio_loop_test, EndWaitsForActorsThatTakeTheirTime) {
  bool ended = false;
  {
    asio_loop own{system};
    spawn<lingerer>(system, placement{.home = &own}, [&] { ended = true; });
  }
  EXPECT_TRUE(ended);
}

TEST_F(asio_loop_test, ByHandTooAndWithoutRealWaiting) {
  bool ended = false;
  {
    asio_loop brief{system, asio_loop::drive::by_hand};
    brief.deadlines().advance(brief.now() + std::chrono::hours{1});
    spawn<lingerer>(system, placement{.home = &brief}, [&] { ended = true; });
  }
  EXPECT_TRUE(ended);
}

TEST_F(asio_loop_test, ActorSpawnedByADyingOneEndsToo) {
  int ended = 0;
  for (auto how : {asio_loop::drive::own_thread, asio_loop::drive::by_hand}) {
    asio_loop own{system, how};
    spawn<lingerer>(system, placement{.home = &own}, [&] {
      ++ended;
      spawn<lingerer>(system, placement{.home = &own}, [&] { ++ended; });
    });
  }
  EXPECT_EQ(ended, 4);
}

TEST_F(asio_loop_test, SpawnAfterTheThreadHasEndedIsEndedByTheDestructor) {
  bool ended = false;
  {
    asio_loop own{system};
    std::promise<void> last;
    own.post([&] { last.set_value(); });
    last.get_future().get();
    own.stop();
    spawn<lingerer>(system, placement{.home = &own}, [&] { ended = true; });
  }
  EXPECT_TRUE(ended);
}

TEST_F(asio_loop_test, DeadlineOfTheLastActorDoesNotKeepTheThread) {
  auto begun = std::chrono::steady_clock::now();
  {
    asio_loop own{system};
    auto silent = spawn_on_workers<oracle>(on_workers(), manner::keeps);
    auto who = spawn<interlocutor>(system, placement{.home = &own}, [&own, silent](auto* self) {
      own.arm(own.now() + 60s, [] {});
      ask(self, silent, 60s, check_atom::value, 1).then([](int) {}, [](const error&) {});
      self->quit();
    });
    caf::anon_send(who, check_atom::value);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 30s);
}

TEST_F(asio_loop_test, NewActorAtAnOldAddressIsNotTheOldOne) {
  auto first = spawn<oracle>(system, here(), manner::answers);
  auto id = caf::actor_cast<caf::strong_actor_ptr>(first)->id();
  settle();
  EXPECT_TRUE(loop.hosts(id));
  caf::anon_send_exit(first, caf::exit_reason::user_shutdown);
  settle();
  first = spawn<oracle>(system, here(), manner::answers);
  settle();
  EXPECT_FALSE(loop.hosts(id));
}

}  // namespace
}  // namespace puff
