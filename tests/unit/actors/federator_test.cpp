#include "actors/federator.hpp"

#include <gmock/gmock.h>

#include "tests/support/actor_test.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

/// What a host has heard, in order.
struct diary {
  std::vector<std::string> heard;
  std::vector<actor_activation> activations;
};

/// Keeps actors: answers "VERB", or never if that is "silence".
struct quiet_host {
  using interface = actor_host_actor;
  static constexpr const char* name = "host";

  quiet_host(self_pointer<interface> self, diary* book) : self_(self), book_(book) {}
  interface::behavior_type make_behavior() {
    return {
        [this](ask_atom, actor_call_parcel& call) { return answer(call.take()); },
        [this](tell_atom, actor_call_parcel& call) { note("told " + call.take().what.verb); },
        [this](fence_atom) { note("fenced"); },
        [this](wake_atom, actor_call_parcel& call) { note("woken " + call.take().name); },
        [this](retire_atom) {
          note("retired");
          return retire_atom::value;
        },
        [this](drain_atom) {
          note("drained");
          return drain_atom::value;
        },
    };
  }
  void note(std::string what) { book_->heard.push_back(std::move(what)); }
  caf::delegated<actor_outcome_parcel> answer(actor_call call) {
    note(call.name + " " + call.what.verb);
    book_->activations.push_back(call.activation);
    auto owed = make_promise<actor_outcome_parcel>(self_);
    if (call.what.verb == "silence")
      kept_.push_back(std::move(owed));
    else
      owed.deliver(actor_outcome_parcel{actor_reply{content_type::bytes, call.what.verb}});
    return {};
  }

  self_pointer<interface> self_;
  diary* book_;
  std::vector<promise<actor_outcome_parcel>> kept_;
};

struct diary_owner {
  diary book;
};

/// A federation without a cluster, on a clock that the test moves.
struct lone_federation : diary_owner, actor_test {
  using self_type = interlocutor::self_type;

  lone_federation() {
    announce("Counter", actor_life::keyed);
    settle();
  }
  static federator_options of_this_node() {
    federator_options options;
    options.node = "me";
    return options;
  }
  void announce(std::string kind, actor_life life) {
    caf::anon_send(federation, announce_atom::value,
                   actor_announcement_parcel{actor_announcement{std::move(kind), life}}, host);
    settle();
  }
  void say(interlocutor::script what) {
    auto asker = spawn<interlocutor>(system, here(), std::move(what));
    caf::anon_send(asker, check_atom::value);
    settle();
    askers.push_back(asker);
  }
  /// "ok BODY", or the error's code; empty while there is no answer.
  void ask_for(std::string name, std::string verb, std::string node = {},
               std::chrono::milliseconds within = 1s) {
    got.clear();
    actor_letter letter{
        {std::move(name), std::move(node)}, {std::move(verb), {}, {}}, loop.now() + within};
    say([this, letter](self_type self) {
      ask(self, federation, 1h, ask_atom::value, actor_letter_parcel{letter})
          .then([this](actor_outcome_parcel& answer) { take(answer.take()); },
                [this](const error& why) { got = std::string{row_of(code_of(why)).name}; });
    });
  }
  void take(const actor_outcome& outcome) {
    auto* failed = std::get_if<actor_failure>(&outcome);
    got = failed ? std::string{row_of(failed->code).name}
                 : "ok " + std::get<actor_reply>(outcome).body;
  }
  void rest(std::uint64_t token, std::string state, bool releases) {
    actor_rest what{"Counter/1", token, true, releases, std::move(state)};
    say([this, what](self_type self) {
      ask(self, federation, 1h, rest_atom::value, actor_rest_parcel{what})
          .then([](rest_atom) {}, [](const error&) {});
    });
  }

  actor_host_actor host = spawn<quiet_host>(system, here(), &book);
  federation_actor federation =
      spawn<federator>(system, here(), std::ref(loop.io()), of_this_node());
  std::vector<interlocutor::interface> askers;
  std::string got;
};

TEST_F(lone_federation, AnActorComesToLifeWithItsFirstMessage) {
  ask_for("Counter/1", "add");
  EXPECT_EQ(got, "ok add");
  ask_for("Counter/1", "add");
  ASSERT_EQ(book.activations.size(), 2U);
  EXPECT_TRUE(book.activations[0].fresh);
  EXPECT_FALSE(book.activations[1].fresh);
  EXPECT_EQ(book.activations[1].token, book.activations[0].token);
}

TEST_F(lone_federation, WhatWasSavedComesWithTheNextActivation) {
  ask_for("Counter/1", "add");
  rest(book.activations[0].token, "17", true);
  ask_for("Counter/1", "add");
  ASSERT_EQ(book.activations.size(), 2U);
  EXPECT_EQ(book.activations[1].state, "17");
  EXPECT_GT(book.activations[1].token, book.activations[0].token);
}

TEST_F(lone_federation, AnOldTokenSavesNothing) {
  ask_for("Counter/1", "add");
  const auto first = book.activations[0].token;
  rest(first, "17", true);
  ask_for("Counter/1", "add");
  rest(first, "99", true);
  rest(book.activations[1].token, "18", true);
  ask_for("Counter/1", "add");
  EXPECT_EQ(book.activations[2].state, "18");
}

TEST_F(lone_federation, WhatNobodyKeepsIsNotFound) {
  ask_for("Nothing/1", "add");
  EXPECT_EQ(got, row_of(ec::not_found).name);
  ask_for("Counter/1", "add", "other");
  EXPECT_EQ(got, row_of(ec::unavailable).name);
  ask_for("Counter/1", "add", "me");
  EXPECT_EQ(got, "ok add");
}

TEST_F(lone_federation, AnAskThatIsNotAnsweredTimesOutAtItsDeadline) {
  ask_for("Counter/1", "silence", {}, 500ms);
  advance(490ms);
  EXPECT_EQ(got, "");
  advance(20ms);
  EXPECT_EQ(got, row_of(ec::timed_out).name);
}

TEST_F(lone_federation, ASingletonLivesAtOnceAndOnce) {
  announce("Mailer", actor_life::singleton);
  announce("Mailer", actor_life::singleton);
  EXPECT_THAT(book.heard, ElementsAre("woken Mailer"));
}

TEST_F(lone_federation, AHostOfTwoKindsIsDrainedOnce) {
  announce("Cart", actor_life::keyed);
  say([this](self_type self) {
    ask(self, federation, 1h, drain_atom::value)
        .then([this](drain_atom) { got = "left"; }, [](const error&) {});
  });
  EXPECT_THAT(book.heard, ElementsAre("drained"));
  EXPECT_EQ(got, "left");
}

TEST_F(lone_federation, WhoRetiresIsAskedStill) {
  say([this](self_type self) {
    ask(self, federation, 1h, retire_atom::value)
        .then([this](retire_atom) { got = "retired"; }, [](const error&) {});
  });
  EXPECT_EQ(got, "retired");
  ask_for("Counter/1", "add");
  EXPECT_THAT(book.heard, ElementsAre("retired", "Counter/1 add"));
}

TEST_F(lone_federation, RemindersNeedACluster) {
  say([this](self_type self) {
    actor_reminder what{"Counter/1", "tea", 1s, 0ms, {}};
    ask(self, federation, 1h, remind_atom::value, actor_reminder_parcel{what})
        .then([](remind_atom) {}, [this](const error& why) { got = context_of(why); });
  });
  EXPECT_THAT(got, testing::HasSubstr("need a cluster"));
}

TEST_F(lone_federation, AKindThatWasWithdrawnIsNotFound) {
  caf::anon_send(federation, withdraw_atom::value, std::string{"Counter"});
  ask_for("Counter/1", "add");
  EXPECT_EQ(got, row_of(ec::not_found).name);
}

}  // namespace
}  // namespace puff
