#include "actors/core/ask.hpp"

#include <gtest/gtest.h>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>

#include <optional>

#include "actors/core/asio_loop.hpp"
#include "actors/core/promise.hpp"
#include "actors/core/spawn.hpp"
#include "schemas/messages.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;
using clock = deadline_wheel::clock;

using oracle_actor = caf::typed_actor<caf::replies_to<check_atom, int>::with<int>>;
using asker_actor = caf::typed_actor<caf::reacts_to<serve_atom, int>>;

struct oracle {
  using interface = oracle_actor;
  static constexpr const char* name = "oracle";
  enum class manner { answers, keeps, drops };

  oracle(self_pointer<interface> self, manner how) : self_(self), how_(how) {}
  interface::behavior_type make_behavior() {
    return {[this](check_atom, int question) { return reply(question); }};
  }
  caf::delegated<int> reply(int question) {
    auto owed = make_promise<int>(self_);
    auto later = owed.later();
    if (how_ == manner::answers) owed.deliver(question + 1);
    if (how_ == manner::keeps) kept_.push_back(std::move(owed));
    return later;
  }

  self_pointer<interface> self_;
  manner how_;
  std::vector<promise<int>> kept_;
};

struct asker {
  using interface = asker_actor;
  static constexpr const char* name = "asker";

  asker(self_pointer<interface> self, oracle_actor whom, std::optional<int>& value, ec& why)
      : self_(self), whom_(std::move(whom)), value_(value), why_(why) {}
  interface::behavior_type make_behavior() {
    return {[this](serve_atom, int question) {
      ask(self_, whom_, clock::now() + 100ms, check_atom::value, question)
          .then([this](int answer) { value_ = answer; },
                [this](const error& failed) { why_ = code_of(failed); });
    }};
  }

  self_pointer<interface> self_;
  oracle_actor whom_;
  std::optional<int>& value_;
  ec& why_;
};

struct ask_test : testing::Test {
  caf::actor_system_config config;
  caf::actor_system system{config.set("scheduler.policy", caf::atom("testing"))};
  caf::scheduler::test_coordinator& scheduler =
      dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  std::optional<int> value;
  ec why = ec::none;
  // Last member: its destructor ends the actors while everything they use still exists.
  asio_loop loop{system, asio_loop::drive::by_hand};

  void settle() {
    while (scheduler.run() + loop.io().poll() != 0) {
    }
  }
  void ask_one(oracle::manner how, std::uint64_t bound = 100) {
    auto whom = spawn<oracle>(system, placement{.home = &loop, .mailbox_bound = bound}, how);
    auto who = spawn<asker>(system, placement{.home = &loop}, whom, std::ref(value), std::ref(why));
    caf::anon_send(who, serve_atom::value, 41);
    settle();
  }
};

TEST_F(ask_test, AnswerArrivesAndCancelsTheDeadline) {
  ask_one(oracle::manner::answers);
  EXPECT_EQ(value, 42);
  EXPECT_EQ(loop.deadlines().size(), 0u);
}

TEST_F(ask_test, DroppedPromiseAnswersBrokenPromise) {
  ask_one(oracle::manner::drops);
  EXPECT_EQ(why, ec::broken_promise);
  EXPECT_EQ(loop.deadlines().size(), 0u);
}

TEST_F(ask_test, SilenceAnswersTimedOutAtTheDeadlineAndNotBefore) {
  auto asked = clock::now();
  ask_one(oracle::manner::keeps);
  loop.deadlines().advance(asked + 90ms);
  settle();
  EXPECT_EQ(why, ec::none);
  loop.deadlines().advance(asked + 1s);
  settle();
  EXPECT_EQ(why, ec::timed_out);
}

TEST_F(ask_test, FullMailboxAnswersOverloaded) {
  ask_one(oracle::manner::answers, 0);
  EXPECT_EQ(why, ec::overloaded);
}

}  // namespace
}  // namespace puff
