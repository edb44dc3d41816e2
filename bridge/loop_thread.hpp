#pragma once

#include "bridge/python_thread.hpp"

#include <chrono>
#include <thread>

namespace puff::bridge {

struct loop_options {
  std::chrono::milliseconds stop_timeout{10'000};  ///< for cancelled tasks to end
};

/// The asyncio thread: one event loop (uvloop where it is importable) on a thread of its own, where
/// ASGI applications and other coroutines run. Synchronous code never runs here.
///
/// Mail arrives by an eventfd that the loop watches: the thread is woken by one write, and one call
/// of the reader takes everything there is. A call that waits returns a future of the loop.
///
/// Life: `start`; `stop` from any thread lets the actor end, then cancels all tasks, closes the
/// loop and ends the thread; `join`.
class loop_thread final : public python_thread {
 public:
  loop_thread(caf::actor_system& system, loop_options options);
  /// Stops and joins a thread that still runs.
  ~loop_thread() override;

  /// Returns when the loop runs. The caller holds the GIL, which is released meanwhile.
  error start();
  /// Waits for the thread's end, without the GIL whether the caller has it or not.
  void join();

  /// Borrowed; for Python code of any thread while the loop lives.
  PyObject* event_loop() const noexcept { return loop_; }

  /// A future of the loop, on whose thread this is: a new reference, or null with an exception.
  PyObject* new_future() { return PyObject_CallNoArgs(create_future_); }

  bool waits(wait_id id) override;
  PyObject* suspend(wait_id id) override;
  void at_end_of_turn(std::function<void()> hook) override;

 protected:
  PyObject* new_waiter() override;
  void wake(wait_id id) override;
  void wake_thread() override;
  void on_finished() override;

 private:
  using callback = void (loop_thread::*)();
  template <callback Member>
  static PyObject* call_member(PyObject* self, PyObject* const* args, Py_ssize_t count);

  void run(std::function<void(error)> started);
  bool open_loop();
  void close_loop();
  void drain();
  void end_turn();
  void fire_deadlines();
  void complete_ready();
  void complete_ready_soon();
  void give(PyObject* future, wait_id id);
  void set_timer();
  void call_soon(PyObject* function);

  loop_options options_;
  int event_ = -1;
  std::thread thread_;
  PyObject* loop_ = nullptr;
  PyObject *create_future_ = nullptr, *call_soon_ = nullptr;  // methods of the loop
  PyObject *on_event_ = nullptr, *on_turn_end_ = nullptr, *on_timer_ = nullptr,
           *on_ready_ = nullptr;  // our callbacks
  PyObject* timer_ = nullptr;     // the loop's handle
  std::vector<wait_id> ready_, giving_;
  std::vector<std::function<void()>> end_of_turn_, ending_turn_;
  bool in_drain_ = false;
  bool ending_ = false;
};

}  // namespace puff::bridge
