#include "actors/core/promise.hpp"

#include "tests/support/actor_test.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;

/// Hands each promise to the test.
struct debtor {
  using interface = caf::typed_actor<caf::replies_to<check_atom, int>::with<int>,
                                     caf::replies_to<drain_atom>::with<caf::unit_t>>;
  using script = std::function<void(promise<int>)>;
  static constexpr const char* name = "debtor";

  debtor(self_pointer<interface> self, script what) : self_(self), what_(std::move(what)) {}
  interface::behavior_type make_behavior() {
    return {[this](check_atom, int) {
              auto owed = make_promise<int>(self_);
              auto later = owed.later();
              what_(std::move(owed));
              return later;
            },
            [this](drain_atom) {
              auto owed = make_promise<caf::unit_t>(self_);
              auto later = owed.later();
              owed.deliver(caf::unit);
              return later;
            }};
  }
  self_pointer<interface> self_;
  script what_;
};

struct promise_stage {
  std::vector<promise<int>> kept;
};

struct promise_test : promise_stage, actor_test {
  debtor::interface ask_debtor(debtor::script what) {
    auto whom = spawn<debtor>(system, here(), std::move(what));
    auto who = spawn<interlocutor>(system, here(), [this, whom](auto* self) {
      ask(self, whom, 1s, check_atom::value, 1).then(result.on_value(), result.on_error());
    });
    caf::anon_send(who, check_atom::value);
    settle();
    return whom;
  }
};

TEST_F(promise_test, DeliversAValueOnce) {
  ask_debtor([](promise<int> owed) {
    owed.deliver(7);
    EXPECT_FALSE(owed.pending());
  });
  EXPECT_EQ(result.value, 7);
  EXPECT_EQ(result.why, ec::none);
}

TEST_F(promise_test, DeliversAnErrorAndAnOutcome) {
  ask_debtor([](promise<int> owed) { owed.deliver(make_error(ec::not_found)); });
  EXPECT_EQ(result.why, ec::not_found);
  ask_debtor([](promise<int> owed) { owed.deliver(expected<int>{3}); });
  EXPECT_EQ(result.value, 3);
  ask_debtor([](promise<int> owed) { owed.deliver(expected<int>{make_error(ec::too_large)}); });
  EXPECT_EQ(result.why, ec::too_large);
}

TEST_F(promise_test, MovedPromiseAnswersOnlyFromItsNewPlace) {
  ask_debtor([this](promise<int> owed) {
    promise<int> moved{std::move(owed)};
    EXPECT_FALSE(owed.pending());
    kept.push_back(std::move(moved));
  });
  EXPECT_EQ(result.why, ec::none);
  kept[0].deliver(9);
  settle();
  EXPECT_EQ(result.value, 9);
}

TEST_F(promise_test, OverwrittenPromiseIsBroken) {
  ask_debtor([this](promise<int> owed) { kept.push_back(std::move(owed)); });
  kept[0] = promise<int>{};
  settle();
  EXPECT_EQ(result.why, ec::broken_promise);
}

TEST_F(promise_test, PromiseInTheStateIsBrokenWhenItsActorEnds) {
  auto whom = spawn<oracle>(system, here(), oracle::manner::keeps);
  auto who = spawn<interlocutor>(system, here(), [this, whom](auto* self) {
    ask(self, whom, 1s, check_atom::value, 1).then(result.on_value(), result.on_error());
  });
  caf::anon_send(who, check_atom::value);
  settle();
  caf::anon_send_exit(whom, caf::exit_reason::user_shutdown);
  settle();
  EXPECT_EQ(result.why, ec::broken_promise);
  EXPECT_EQ(loop.deadlines().size(), 0u);
}

TEST_F(promise_test, UnitArrivesWithOrWithoutAnArgument) {
  auto whom = spawn<debtor>(system, here(), [](promise<int>) {});
  auto who = spawn<interlocutor>(system, here(), [this, whom](auto* self) {
    ask(self, whom, 1s, drain_atom::value).then([this] { result.value = 1; }, result.on_error());
    ask(self, whom, 1s, drain_atom::value)
        .then([this](caf::unit_t) { result.value = *result.value + 1; }, result.on_error());
  });
  caf::anon_send(who, check_atom::value);
  settle();
  EXPECT_EQ(result.value, 2);
  EXPECT_EQ(result.why, ec::none);
}

TEST_F(promise_test, NobodyWaitsForTheAnswerToAPlainMessage) {
  auto whom = spawn<debtor>(system, here(),
                            [this](promise<int> owed) { result.value = owed.pending() ? 1 : 0; });
  caf::anon_send(whom, check_atom::value, 1);
  settle();
  EXPECT_EQ(result.value, 0);
}

}  // namespace
}  // namespace puff
