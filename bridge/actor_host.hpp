#pragma once

#include "bridge/hub.hpp"

#include <memory>
#include <string>
#include <unordered_map>

#include "actors/core/promise.hpp"
#include "actors/federation_interfaces.hpp"
#include "actors/node.hpp"

namespace puff::bridge {

/// What Python code needs of the node for actors; with the GIL held. Filled in and emptied as
/// `the_runtime`.
struct actor_access {
  node* over = nullptr;
  bool hosts = true;  ///< whether this node keeps actors of the classes it knows
  std::string cluster;
  std::string state = "redis", state_pool = "default";  ///< as in `actor_target`
};
actor_access& the_actors() noexcept;

/// Purpose: keeps the actors that are written in Python: gives them their messages, and their
/// answers to whoever asked.
/// Owns: the promises of what Python has not answered yet; the actors themselves are Python's.
/// Talks to: nobody; it answers.
/// Timers: none.
/// Ends when: the greenlet thread is stopped.
class actor_host {
 public:
  using interface = actor_host_actor;
  static constexpr const char* name = "actor_host";

  explicit actor_host(self_pointer<interface> self);
  ~actor_host();

  interface::behavior_type make_behavior();

  /// The host of this process, spawned when it is needed first; null without a node. With the GIL.
  static actor_host_actor living();
  /// Lets go of it and of all functions that were to be called later: the greenlet thread is about
  /// to end.
  static void forget();

  /// The answer of the ask with that handle; unknown ones are ignored. On the hub's thread.
  static void answer(std::uint64_t handle, actor_outcome outcome);
  /// All actors are at rest, or all that other nodes can have.
  enum class extent : std::uint8_t { movable, all };
  static void rested(extent which);

  /// Functions that a timer calls: the timer knows their numbers alone, so that it may outlive the
  /// interpreter. With the GIL.
  static std::uint64_t keep_for_later(PyObject* function);
  static void run_later(std::uint64_t number);

 private:
  caf::delegated<actor_outcome_parcel> ask(actor_call call);
  void deliver(std::uint64_t handle, actor_call what);
  void fence();
  void begin_rest(extent which);
  caf::delegated<retire_atom> retire();
  caf::delegated<drain_atom> drain();

  self_pointer<interface> self_;
  pybind11::object deliver_, fence_, drain_;
  std::unordered_map<std::uint64_t, promise<actor_outcome_parcel>> owed_;
  std::vector<promise<retire_atom>> retiring_;
  std::vector<promise<drain_atom>> draining_;
  std::uint64_t last_handle_ = 0;
};

}  // namespace puff::bridge
