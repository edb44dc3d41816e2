#include "actors/core/ask.hpp"

#include "tests/support/actor_test.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;
using manner = oracle::manner;

struct ask_test : actor_test {
  interlocutor::interface asking(placement where, const oracle::interface& whom) {
    return spawn<interlocutor>(system, std::move(where), [this, whom](auto* self) {
      ask(self, whom, 100ms, check_atom::value, 41).then(result.on_value(), result.on_error());
    });
  }
  void ask_one(manner how, std::uint64_t bound = 100) {
    auto whom = spawn<oracle>(system, here(bound), how);
    caf::anon_send(asking(here(), whom), check_atom::value);
    settle();
  }
};

TEST_F(ask_test, AnswerArrivesAndCancelsTheDeadline) {
  ask_one(manner::answers);
  EXPECT_EQ(result.value, 42);
  EXPECT_EQ(loop.deadlines().size(), 0u);
}

TEST_F(ask_test, DroppedPromiseAnswersBrokenPromise) {
  ask_one(manner::drops);
  EXPECT_EQ(result.why, ec::broken_promise);
  EXPECT_EQ(loop.deadlines().size(), 0u);
}

TEST_F(ask_test, SilenceAnswersTimedOutAtTheDeadlineAndNotBefore) {
  ask_one(manner::keeps);
  advance(99ms);
  EXPECT_EQ(result.why, ec::none);
  advance(2ms);
  EXPECT_EQ(result.why, ec::timed_out);
}

TEST_F(ask_test, LateAnswerChangesNothing) {
  auto whom = spawn<oracle>(system, here(), manner::keeps);
  caf::anon_send(asking(here(), whom), check_atom::value);
  advance(101ms);
  caf::anon_send_exit(whom, caf::exit_reason::user_shutdown);  // breaks the kept promise
  settle();
  EXPECT_EQ(result.why, ec::timed_out);
  EXPECT_FALSE(result.value);
}

TEST_F(ask_test, FullMailboxAnswersOverloaded) {
  ask_one(manner::answers, 0);
  EXPECT_EQ(result.why, ec::overloaded);
}

TEST_F(ask_test, UrgentAskIsNeverRefused) {
  auto whom = spawn<oracle>(system, here(0), manner::answers);
  auto who = spawn<interlocutor>(system, here(), [&](auto* self) {
    ask_urgently(self, whom, 1s, check_atom::value, 1).then(result.on_value(), result.on_error());
  });
  caf::anon_send(who, check_atom::value);
  settle();
  EXPECT_EQ(result.value, 2);
}

TEST_F(ask_test, DeadReceiverAnswersUnavailableHoweverManyAsk) {
  auto whom = spawn<oracle>(system, here(2), manner::answers);
  caf::anon_send_exit(whom, caf::exit_reason::user_shutdown);
  settle();
  auto who = asking(here(), whom);
  for (int i = 0; i < 5; ++i) {
    result.why = ec::none;
    caf::anon_send(who, check_atom::value);
    settle();
    EXPECT_EQ(result.why, ec::unavailable);
  }
}

TEST_F(ask_test, ThrowingReceiverAnswersItsReason) {
  auto whom = spawn<oracle>(system, here(), manner::throws);
  std::string text;
  auto who = spawn<interlocutor>(system, here(), [&](auto* self) {
    ask(self, whom, 1s, check_atom::value, 1).then(result.on_value(), [&](const error& why) {
      text = describe(why);
    });
  });
  caf::anon_send(who, check_atom::value);
  settle();
  EXPECT_EQ(text, "internal error: no oracle today");
}

TEST_F(ask_test, EmptyResourceAnswersUnavailable) {
  resource<oracle::interface> cell;
  auto who = spawn<interlocutor>(system, here(), [&](auto* self) {
    ask(self, cell, 1s, check_atom::value, 1).then(result.on_value(), result.on_error());
  });
  caf::anon_send(who, check_atom::value);
  settle();
  EXPECT_EQ(result.why, ec::unavailable);
  cell.set(spawn<oracle>(system, here(), manner::answers));
  caf::anon_send(who, check_atom::value);
  settle();
  EXPECT_EQ(result.value, 2);
}

TEST_F(ask_test, AskerThatEndsTakesItsDeadlineAlong) {
  auto whom = spawn<oracle>(system, here(), manner::keeps);
  auto who = asking(here(), whom);
  caf::anon_send(who, check_atom::value);
  settle();
  EXPECT_EQ(loop.deadlines().size(), 1u);
  caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
  settle();
  EXPECT_EQ(loop.deadlines().size(), 0u);
}

TEST_F(ask_test, HandlersMayOwnWhatCannotBeCopied) {
  auto whom = spawn<oracle>(system, here(), manner::answers);
  auto who = spawn<interlocutor>(system, here(), [&](auto* self) {
    ask(self, whom, 1s, check_atom::value, 1)
        .then([this, owned = std::make_unique<int>(40)](int got) { result.value = *owned + got; },
              [owned = std::make_unique<int>(0)](const error&) {});
  });
  caf::anon_send(who, check_atom::value);
  settle();
  EXPECT_EQ(result.value, 42);
}

TEST_F(ask_test, ThrowingAnswerHandlerEndsTheAsker) {
  auto whom = spawn<oracle>(system, here(), manner::answers);
  auto place = here();
  auto who = spawn<interlocutor>(system, place, [&](auto* self) {
    ask(self, whom, 1s, check_atom::value, 1)
        .then([](int) { throw std::runtime_error{"bad news"}; }, [](const error&) {});
  });
  auto id = caf::actor_cast<caf::strong_actor_ptr>(who)->id();
  caf::anon_send(who, check_atom::value);
  settle();
  EXPECT_FALSE(loop.hosts(id));
  EXPECT_EQ(place.counts->last_error(), "internal error: bad news");
  EXPECT_EQ(loop.deadlines().size(), 0u);
}

TEST_F(ask_test, OrdinaryActorsAskWithTheSharedDeadlines) {
  auto silent = spawn_on_workers<oracle>(on_workers(), manner::keeps);
  auto who = spawn_on_workers<interlocutor>(on_workers(), [this, silent](auto* self) {
    ask(self, silent, 100ms, check_atom::value, 1).then(result.on_value(), result.on_error());
  });
  caf::anon_send(who, check_atom::value);
  settle();
  EXPECT_EQ(shared.size(), 1u);
  advance(99ms);
  EXPECT_EQ(result.why, ec::none);
  advance(2ms);
  EXPECT_EQ(result.why, ec::timed_out);
  EXPECT_EQ(shared.size(), 0u);
}

TEST_F(ask_test, OrdinaryAndPinnedActorsAskEachOther) {
  auto pinned_one = spawn<oracle>(system, here(), manner::answers);
  auto who = spawn_on_workers<interlocutor>(on_workers(), [&](auto* self) {
    ask(self, pinned_one, 1s, check_atom::value, 1).then(result.on_value(), result.on_error());
  });
  caf::anon_send(who, check_atom::value);
  settle();
  EXPECT_EQ(result.value, 2);
  EXPECT_EQ(shared.size(), 0u);
  auto ordinary_one = spawn_on_workers<oracle>(on_workers(), manner::answers);
  auto back = asking(here(), ordinary_one);
  caf::anon_send(back, check_atom::value);
  settle();
  EXPECT_EQ(result.value, 42);
}

}  // namespace
}  // namespace puff
