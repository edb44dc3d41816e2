#pragma once

#include <functional>

#include "actors/core/spawn.hpp"
#include "actors/interfaces.hpp"

namespace puff {

/// Purpose: asks other actors for threads that are no actors, without an actor for each ask.
/// Owns: nothing.
/// Talks to: whom its errands name.
/// Timers: the deadlines of its asks.
/// Ends when: the node stops.
class outside_desk {
 public:
  using interface = outside_desk_actor;
  static constexpr const char* name = "outside_desk";

  explicit outside_desk(self_pointer<interface> self) : self_(self) {}
  interface::behavior_type make_behavior();

  /// Who asks, for errands.
  self_pointer<interface> self() const noexcept { return self_; }

 private:
  self_pointer<interface> self_;
};

}  // namespace puff
