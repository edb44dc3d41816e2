#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/core/promise.hpp"
#include "actors/core/resource.hpp"
#include "actors/core/restart_policy.hpp"
#include "actors/core/spawn.hpp"
#include "actors/core/status.hpp"
#include "actors/core/timer.hpp"

namespace puff {

/// "End in order": answered when all is ended.
using end_atom = caf::atom_constant<caf::atom("end")>;

using supervisor_actor = caf::typed_actor<
    /// The supervisor's state and that of all below it.
    caf::replies_to<status_atom>::with<actor_status>,
    /// Ends the children one by one, the last started first, then itself; then answers.
    caf::replies_to<end_atom>::with<caf::unit_t>>;

/// What a supervisor does for one child beside keeping it alive. Everything is called on the
/// supervisor's thread; what one of them throws ends the supervisor.
struct child_options {
  enum class restart : std::uint8_t {
    always,      ///< whatever it ended for
    on_failure,  ///< but not when it ended in order: then it is `stopped`
  };
  restart when = restart::always;
  restart_options back_off = {};
  std::chrono::milliseconds patience{5'000};  ///< how long an orderly end may take
  std::function<void()> on_up = {};
  std::function<void(const error& reason)> on_down = {};
};

/// One line of a supervisor's table: a name and how to start what bears it. See `child_of`.
struct child {
  std::string name;
  /// Spawns the actor with these counters in its placement. May throw: then it counts as ended.
  std::function<caf::strong_actor_ptr(const gauge_ptr&)> start;
  /// Tells the callers who it is now; null while it is down.
  std::function<void(const caf::strong_actor_ptr&)> publish;
  bool is_supervisor = false;
  child_options options;
};

/// What has happened to a child, for a log.
struct child_event {
  const std::string& name;
  actor_state state;
  const error& reason;                      ///< of its end; none when it is up
  std::chrono::milliseconds restarts_in{};  ///< when `state` is `down`, or `starting` again
};

/// What a supervisor needs from whoever builds it.
struct supervision {
  std::string name = "supervisor";
  std::function<void(const child_event&)> report = {};
  /// A child ended too often: the error names it and its last reason. Called once; then the
  /// supervisor ends its other children, and itself with that error.
  std::function<void(const error&)> on_give_up = {};
  restart_policy::random random = {};  ///< for the jitter; null: a generator of its own
};

/// *Purpose*: keeps a table of actors alive: starts them in order, and each one alone again when it
/// ends, after a back-off (see `restart_options`).
/// *Owns*: the children, wherever they live; a child may be a supervisor.
/// *Talks to*: its children (monitor, exit, status of child supervisors), the callbacks above.
/// *Timers*: a back-off for each child that is down, the patience with one that shall end.
/// *Ends when*: told to (`end_atom`, exit), or a child cannot be kept alive. It ends the children
/// first, in order; killed, all at once.
class supervisor {
 public:
  using interface = supervisor_actor;
  static constexpr const char* name = "supervisor";

  supervisor(self_pointer<interface> self, supervision how, std::vector<child> children);
  ~supervisor();

  interface::behavior_type make_behavior();

 private:
  struct member;
  struct census;

  void start(member& m);
  expected<caf::strong_actor_ptr> attempt(const member& m) const;
  void on_down(const caf::down_msg& down);
  void fell(member& m, const error& reason);
  void plan_restart(member& m, const error& reason);
  void give_up(member& m, const error& reason);
  void report(const member& m, const error& reason, std::chrono::milliseconds restarts_in = {});

  void end(const error& reason);
  void end_next();
  void lose_patience(member& m);
  caf::delegated<caf::unit_t> end_for(promise<caf::unit_t> asker);

  caf::delegated<actor_status> tell_status(promise<actor_status> asker);
  actor_status status_of(const member& m) const;

  self_pointer<interface> self_;
  supervision how_;
  std::vector<std::unique_ptr<member>> members_;
  bool ending_ = false;
  error end_reason_;
  timer patience_;
  std::vector<promise<caf::unit_t>> end_askers_;
};

/// Spawns a supervisor with its table; `where` must have a home.
supervisor_actor supervise(caf::actor_system& system, placement where, supervision how,
                           std::vector<child> children);

/// A child whose handle nobody needs. `start` takes a `gauge_ptr` and returns a handle.
template <class Start>
child child_of(std::string name, Start start, child_options options = {}) {
  using handle = std::invoke_result_t<Start&, const gauge_ptr&>;
  return {std::move(name),
          [start = std::move(start)](const gauge_ptr& counts) mutable {
            return caf::actor_cast<caf::strong_actor_ptr>(start(counts));
          },
          nullptr, std::is_same_v<handle, supervisor_actor>, std::move(options)};
}

/// A child that callers find in `cell`: set when it is up, empty while it is down.
template <class Handle, class Start>
child child_of(std::string name, resource<Handle> cell, Start start, child_options options = {}) {
  auto made = child_of(std::move(name), std::move(start), std::move(options));
  made.publish = [cell = std::move(cell)](const caf::strong_actor_ptr& actor) {
    cell.set(actor ? std::optional{caf::actor_cast<Handle>(actor)} : std::nullopt);
  };
  return made;
}

}  // namespace puff
