#pragma once

#include <gtest/gtest.h>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "actors/core/asio_loop.hpp"
#include "actors/core/ask.hpp"
#include "actors/core/promise.hpp"
#include "actors/core/shared_deadlines.hpp"
#include "actors/core/spawn.hpp"
#include "schemas/messages.hpp"

namespace puff {

/// What came of an ask.
struct outcome {
  std::optional<int> value;
  ec why = ec::none;

  auto on_value() {
    return [this](int got) { value = got; };
  }
  auto on_error() {
    return [this](const error& failed) { why = code_of(failed); };
  }
};

/// Actors without threads and without waiting: CAF's test coordinator runs those of its scheduler,
/// a loop driven by hand the pinned ones, and time moves by `advance` alone.
struct actor_test : testing::Test {
  using clock = deadline_wheel::clock;

  ~actor_test() override {
    for (auto& actor : ordinary) caf::anon_send_exit(actor, caf::exit_reason::kill);
    settle();
  }

  /// Runs everything that is ready.
  void settle() {
    while (scheduler.run() + loop.io().poll() != 0) {
    }
  }

  /// Lets `span` pass, deadline by deadline.
  void advance(std::chrono::milliseconds span) {
    auto until = loop.now() + span;
    settle();
    while (auto next = loop.deadlines().next()) {
      if (*next > until) break;
      loop.deadlines().advance(*next);
      settle();
    }
    loop.deadlines().advance(until);
    settle();
  }

  placement here(std::uint64_t bound = 100) {
    return {.home = &loop, .mailbox_bound = bound, .counts = std::make_shared<gauge>()};
  }
  placement on_workers(std::uint64_t bound = 100) {
    return {.mailbox_bound = bound, .counts = std::make_shared<gauge>(), .deadlines = &shared};
  }

  /// Spawns an actor of CAF's scheduler, which the fixture ends.
  template <class State, class... Args>
  typename State::interface spawn_on_workers(placement where, Args&&... args) {
    auto actor = spawn<State>(system, std::move(where), std::forward<Args>(args)...);
    ordinary.push_back(caf::actor_cast<caf::actor>(actor));
    return actor;
  }

  caf::actor_system_config config;
  caf::actor_system system{config.set("scheduler.policy", caf::atom("testing"))};
  caf::scheduler::test_coordinator& scheduler =
      dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  std::vector<caf::actor> ordinary;
  outcome result;
  // The loop's destructor ends the pinned actors while everything they use still exists: members of
  // a derived fixture that actors refer to must be shared, or be declared in a base before this
  // one.
  asio_loop loop{system, asio_loop::drive::by_hand};
  shared_deadlines shared{loop};
};

/// An actor that asks whatever a test wants it to: the test's side of a conversation.
struct interlocutor {
  using self_type = self_pointer<caf::typed_actor<caf::reacts_to<check_atom>>>;
  using interface = caf::typed_actor<caf::reacts_to<check_atom>>;
  using script = std::function<void(self_type)>;
  static constexpr const char* name = "interlocutor";

  interlocutor(self_type self, script what) : self_(self), what_(std::move(what)) {}
  interface::behavior_type make_behavior() {
    return {[this](check_atom) { what_(self_); }};
  }

  self_type self_;
  script what_;
};

/// A receiver that answers, keeps, drops or throws.
struct oracle {
  using interface = caf::typed_actor<caf::replies_to<check_atom, int>::with<int>>;
  static constexpr const char* name = "oracle";
  enum class manner { answers, keeps, drops, throws };

  oracle(self_pointer<interface> self, manner how, std::vector<int>* heard = nullptr)
      : self_(self), how_(how), heard_(heard) {}
  interface::behavior_type make_behavior() {
    return {[this](check_atom, int question) { return reply(question); }};
  }
  caf::delegated<int> reply(int question) {
    if (heard_) heard_->push_back(question);
    if (how_ == manner::throws) throw std::runtime_error{"no oracle today"};
    auto owed = make_promise<int>(self_);
    auto later = owed.later();
    if (how_ == manner::answers) owed.deliver(question + 1);
    if (how_ == manner::keeps) kept_.push_back(std::move(owed));
    return later;
  }

  self_pointer<interface> self_;
  manner how_;
  std::vector<int>* heard_;
  std::vector<promise<int>> kept_;
};

}  // namespace puff
