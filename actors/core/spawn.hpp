#pragma once

#include <caf/actor_system.hpp>
#include <optional>

#include "actors/core/pinned.hpp"

namespace puff {

/// What an actor's class calls itself by: the CAF actor that hosts it.
template <class Interface>
using self_pointer = pinned<typename Interface::base>*;

/// Hosts a plain class as an actor. `State` has a typed `interface`, a `name`, a constructor
/// `(self_pointer<interface>, args..)` and `make_behavior()`; it dies on exit, on the actor's
/// thread, whoever holds handles.
///
/// What a handler or `make_behavior` throws ends the actor with `internal` and the thrown text: an
/// asker gets it, its supervisor reports it, its gauge keeps it. Nothing is printed.
template <class State>
class hosted final : public pinned<typename State::interface::base> {
 public:
  using base = pinned<typename State::interface::base>;

  template <class... Args>
  hosted(caf::actor_config& cfg, placement where, Args&&... args) : base(cfg, std::move(where)) {
    this->set_exception_handler([](std::exception_ptr& thrown) { return error_of(thrown); });
    state_.emplace(this, std::forward<Args>(args)...);
  }

  const char* name() const override { return State::name; }
  void on_exit() override {
    this->forget_asks();  // their handlers may mention the state
    state_.reset();
  }

 protected:
  typename State::interface::behavior_type make_behavior() override {
    return state_->make_behavior();
  }

 private:
  std::optional<State> state_;
};

/// Spawns `State` at `where`. Arguments are copied or moved into its constructor, which runs on the
/// caller's thread, where it may throw; everything later runs where the actor lives.
template <class State, class... Args>
typename State::interface spawn(caf::actor_system& system, placement where, Args&&... args) {
  return system.spawn<hosted<State>>(std::move(where), std::forward<Args>(args)...);
}

}  // namespace puff
