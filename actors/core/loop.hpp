#pragma once

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <caf/scoped_execution_unit.hpp>
#include <functional>
#include <thread>
#include <unordered_map>

#include "actors/core/deadline_source.hpp"

namespace puff {

/// A thread of ours that runs actors: every turn of an actor pinned here happens on this thread,
/// and so does everything posted. Derived classes say how work reaches the thread (Asio, the Python
/// hub, an asyncio loop).
///
/// CAF lets whoever calls `resume` be an actor's thread for that turn and keeps at most one turn of
/// an actor under way, so no lock and no strand is needed. What a turn wakes goes through
/// `outward()`: ordinary actors to CAF's workers, pinned ones to their own loop.
///
/// Life: a loop runs until `stop` was called and the last pinned actor has ended; `stop` asks the
/// living ones to exit, and later ones as soon as they appear.
class loop : public caf::execution_unit, public deadline_source {
 public:
  explicit loop(caf::actor_system& system);
  ~loop() override;

  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;

  /// Runs `work` on the loop's thread, after what is queued. From any thread.
  virtual void post(std::function<void()> work) = 0;

  /// Runs one turn of an actor. From any thread.
  virtual void schedule(caf::intrusive_ptr<caf::resumable> turn) = 0;

  void exec_later(caf::resumable* turn) final;

  /// The unit under which handlers run.
  caf::execution_unit& outward() noexcept { return outward_; }

  /// Deadlines of this loop; only for its own thread, or before it runs.
  deadline_wheel& deadlines() noexcept { return deadlines_; }
  ticket arm(clock::time_point when, deadline_wheel::callback what) final;
  bool cancel(ticket armed) noexcept final;
  /// Real time, unless a test drives the loop. From any thread.
  clock::time_point now() const noexcept override;

  bool on_own_thread() const noexcept { return thread_ == std::this_thread::get_id(); }

  /// Asks all pinned actors to exit, now and from now on. From any thread.
  void stop();

  /// Whether the actor is pinned here and has not ended. Own thread only. Ids are never used twice,
  /// addresses are.
  bool hosts(caf::actor_id actor) const noexcept { return pinned_.contains(actor); }

  /// For `pinned` alone.
  void adopt(caf::strong_actor_ptr actor);
  void forget(caf::actor_id actor);

 protected:
  static constexpr std::size_t messages_per_turn = 50;

  void run_turn(caf::intrusive_ptr<caf::resumable> turn);
  void enter_thread() noexcept { thread_ = std::this_thread::get_id(); }
  clock::time_point wheel_time() const noexcept { return deadlines_.now(); }
  bool finished() const noexcept { return stopping_ && pinned_.empty(); }

  /// Called on the loop's thread when the last pinned actor has ended after `stop`.
  virtual void on_finished() = 0;

 private:
  caf::scoped_execution_unit outward_;
  deadline_wheel deadlines_;
  std::unordered_map<caf::actor_id, caf::strong_actor_ptr> pinned_;
  bool stopping_ = false;
  std::atomic<std::thread::id> thread_{};
};

}  // namespace puff
