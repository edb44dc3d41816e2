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

/// What waits for its mail, and runs a loop meanwhile.
struct waiting_guest {
  /// Until mail comes, however often the loop is run by its own thread instead.
  void wait_in(asio_loop& other) {
    while (!mail.has_mail()) {
      std::promise<void> free;
      if (other.run_as_guest(mail, std::nullopt, [&] { free.set_value(); })) continue;
      free.get_future().get();
    }
  }
  inbox mail;
};

TEST_F(asio_loop_test, GuestRunsWhatIsPosted) {
  asio_loop own{system};
  waiting_guest guest;
  std::atomic<bool> ran_here{false};
  const auto here = std::this_thread::get_id();
  std::thread other{[&] {
    while (!ran_here) {
      std::promise<void> ran;
      own.post([&] {
        ran_here = std::this_thread::get_id() == here && own.on_own_thread();
        ran.set_value();
      });
      ran.get_future().get();
    }
    if (guest.mail.put([] {})) own.interrupt();
  }};
  guest.wait_in(own);
  other.join();
  EXPECT_TRUE(ran_here);
}

TEST_F(asio_loop_test, GuestIsBackInTimeWithoutMail) {
  asio_loop own{system};
  waiting_guest guest;
  const auto wake = own.now() + 20ms;
  bool ran = false;
  while (!ran) ran = own.run_as_guest(guest.mail, wake, [] {});
  EXPECT_GE(own.now(), wake);
  own.forget_guest();
}

TEST_F(asio_loop_test, OwnThreadGoesOnWhenTheGuestStaysAway) {
  asio_loop own{system};
  waiting_guest guest;
  own.post([&] { static_cast<void>(guest.mail.put([] {})); });
  guest.wait_in(own);
  std::promise<std::thread::id> ran;
  own.post([&] { own.arm(own.now() + 5ms, [&] { ran.set_value(std::this_thread::get_id()); }); });
  EXPECT_NE(ran.get_future().get(), std::this_thread::get_id());
}

TEST_F(asio_loop_test, EndsWhileAGuestRunsIt) {
  asio_loop own{system};
  waiting_guest guest;
  while (!own.on_own_thread()) own.run_as_guest(guest.mail, own.now() + 1ms, [] {});
  own.forget_guest();
  own.stop();
  EXPECT_TRUE(own.run_as_guest(guest.mail, std::nullopt, [] {}));
  EXPECT_FALSE(guest.mail.has_mail());
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
