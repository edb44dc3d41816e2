#pragma once

#include "actors/core/asio_loop.hpp"
#include "actors/core/idle_spin.hpp"
#include "bridge/python_thread.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace puff::bridge {

/// A piece of work for a greenlet: a request, a command, a spawned function.
class work {
 public:
  virtual ~work() = default;
  /// Runs on a greenlet of its own, under the GIL, inside `context`. Reports its own exceptions;
  /// what is left in the error indicator is printed and cleared.
  virtual void run() = 0;
  /// What people call it: "GET /shop"; empty if it has no name. Hub's thread.
  virtual std::string title() const { return {}; }

  pybind11::object context;  ///< a contextvars.Context that nobody has entered; none: a fresh one
  pybind11::object locals;   ///< a dict of what is local to this work; none until it is asked for
  wait_id waiting_at;        ///< where its greenlet waits now, if it does
  std::optional<std::string> cancelled;  ///< its next wait raises Cancelled, and says this
};

struct hub_options {
  std::size_t max_greenlets = 10'000;  ///< further work waits for a free one
  std::size_t max_waiting = 100'000;   ///< so much of it; what can be refused then is
  std::size_t max_idle_greenlets = 256;
  std::chrono::nanoseconds spin = std::chrono::microseconds{20};  ///< `idle_spin` before sleep
  asio_loop* runs_meanwhile = nullptr;  ///< run by this thread while no greenlet has work
};

/// The greenlet thread: the process's main thread, asleep without the GIL until mail comes, then
/// one GIL hold for the whole batch: all mail is drained, each new piece of work gets a pooled
/// greenlet, every answered wait its resumption. Instead of sleeping it runs, as a guest, the loop
/// whose answers its greenlets wait for.
///
/// Greenlets are pooled because a fresh one maps and unmaps its first Python frames' memory, which
/// costs more than a request. A pooled one enters a fresh context for each piece of work.
class hub final : public python_thread {
 public:
  hub(caf::actor_system& system, hub_options options);
  ~hub() override;

  /// Runs until `stop` was called and the actor has ended, with all work done or cancelled. The
  /// caller holds the GIL and is the interpreter's main thread.
  void run();

  /// Queues `what` for a greenlet; in order. Own thread, GIL held.
  void start(std::unique_ptr<work> what);

  /// Whether as much work waits for a greenlet as may: spawn no more.
  bool full() const noexcept { return starts_.size() >= options_.max_waiting; }

  /// Calls `then` once no work is left, neither running nor waiting for a greenlet.
  void when_idle(std::function<void()> then) { when_idle_ = std::move(then); }

  /// Raises Cancelled where `what` waits, or where it waits next.
  void cancel(work& what, std::string why);
  /// The same for all work there is.
  void cancel_all();

  /// What the calling greenlet does; null outside greenlets.
  work* running_work() const noexcept { return in_greenlet() ? running_ : nullptr; }
  /// Whether the calling code runs on a greenlet that may wait.
  bool in_greenlet() const noexcept;

  PyObject* suspend(wait_id id) override;
  void at_end_of_turn(std::function<void()> hook) override;

  struct statistics {
    std::size_t live, idle, waiting_for_greenlet;
    std::uint64_t switches, gil_holds, works;
  };
  statistics stats() const noexcept;
  /// Counts switches to greenlets; together with `busy` it shows a greenlet that does not yield.
  /// From any thread.
  std::uint64_t switches() const noexcept { return switches_.load(std::memory_order_relaxed); }
  bool busy() const noexcept { return busy_.load(std::memory_order_relaxed); }

 protected:
  PyObject* new_waiter() override;
  void wake(wait_id id) override;
  void wake_thread() override;
  void on_finished() override;

 private:
  static PyObject* worker_body(PyObject* self, PyObject* args);
  void work_until_closed();
  void run_work(work& what);
  void sleep();
  void wake_sleeper();
  void sleep_until(std::optional<deadline_wheel::clock::time_point> wake);
  bool run_other_loop(std::optional<deadline_wheel::clock::time_point> wake);
  void run_pass();
  bool has_work() const noexcept;  // apart from mail
  bool may_start() const noexcept;
  bool idle() const noexcept { return live_ == idle_.size() && starts_.empty(); }
  void give_to_greenlet(std::unique_ptr<work> what);
  void resume(wait_id id);
  void switch_to(PyObject* greenlet);
  void end_idle_greenlets();

  hub_options options_;
  PyObject* main_ = nullptr;  // the greenlet that runs the hub
  PyObject* worker_function_ = nullptr;
  PyObject* no_arguments_ = nullptr;
  std::vector<PyObject*> idle_;
  std::size_t live_ = 0;
  std::unique_ptr<work> handed_over_;
  work* running_ = nullptr;  // what the greenlet that runs now does
  std::deque<std::unique_ptr<work>> starts_;
  std::vector<wait_id> resumptions_, resuming_;
  std::vector<work*> suspended_;  // by the slot of the wait
  std::vector<std::function<void()>> end_of_turn_, ending_turn_;
  std::function<void()> when_idle_;
  bool finished_ = false;

  idle_spin spin_{options_.spin};
  std::mutex guards_sleep_;
  std::condition_variable mail_came_;
  bool woken_ = false;
  std::atomic<bool> visits_{false};  // runs the other loop
  std::atomic<bool> busy_{false};
  std::atomic<std::uint64_t> switches_{0};
  std::uint64_t gil_holds_ = 0, works_ = 0;
};

}  // namespace puff::bridge
