#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "services/federation/asks.hpp"
#include "services/federation/registry.hpp"
#include "services/timers/deadline_wheel.hpp"

namespace puff::federation {

/// Calls the reminders of all actors of the cluster, on the one node that has this office: takes
/// those that are due, asks their actors, and notes in Redis which have arrived. One that did not
/// arrive, or whose caller died meanwhile, comes again: each arrives at least once. One thread,
/// that of the wheel.
class reminders {
 public:
  using clock = deadline_wheel::clock;
  /// Asks an actor, wherever it is.
  using ask_callback = std::function<void(actor_letter, asks::callback)>;

  reminders(registry& names, deadline_wheel& wheel, ask_callback ask);
  ~reminders();
  reminders(const reminders&) = delete;
  reminders& operator=(const reminders&) = delete;

  /// This life has the office, from now on if it did not have it.
  void call_for(const node_identity& life);
  void stop();
  /// Somebody has set one.
  void look();

 private:
  void taken(const expected<due_reply>& reply);
  void call(due_reminder what);
  void ended(const due_reminder& what, const actor_outcome& outcome);
  void look_in(std::chrono::milliseconds later);

  registry& names_;
  deadline_wheel& wheel_;
  ask_callback ask_;
  node_identity life_;  // none: another node has the office
  bool looking_ = false, look_again_ = false;
  std::size_t under_way_ = 0;
  deadline_wheel::ticket next_;
  std::shared_ptr<reminders*> self_;
};

}  // namespace puff::federation
