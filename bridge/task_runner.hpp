#pragma once

#include "bridge/hub.hpp"

#include <map>
#include <string>

#include "actors/core/resource.hpp"
#include "actors/task_interfaces.hpp"

namespace puff::bridge {

using task_queue_map = std::map<std::string, resource<task_scheduler_actor>, std::less<>>;

/// The task queues that Python code can ask, as `the_runtime` has the pools; with the GIL held.
task_queue_map& the_task_queues() noexcept;

/// Purpose: runs the tasks of one queue: each begins on a greenlet, coroutines go on to the asyncio
/// thread.
/// Owns: nothing but the list of what runs.
/// Talks to: the queue's scheduler, to which it reports in batches.
/// Timers: none; the scheduler keeps time.
/// Ends when: the greenlet thread is stopped.
class task_runner {
 public:
  using interface = task_runner_actor;
  static constexpr const char* name = "task_runner";

  task_runner(self_pointer<interface> self, hub& greenlets, std::string queue,
              resource<task_scheduler_actor> scheduler);
  ~task_runner();

  interface::behavior_type make_behavior();

  /// An attempt, by the handle that Python knows it by, has ended. From any thread with the GIL;
  /// unknown handles are ignored.
  static void report(std::uint64_t handle, task_end end);
  /// From now on what is cancelled was cancelled because the node stops, and reports leave at once.
  static void begin_stopping();
  static bool stopping() noexcept;

 private:
  class attempt;
  void start(task_attempts batch);
  void interrupt(std::uint64_t number, const std::string& why);
  void ended(task_end end);
  void flush();

  self_pointer<interface> self_;
  hub& greenlets_;
  std::string queue_;
  resource<task_scheduler_actor> scheduler_;
  pybind11::object run_, interrupt_;
  task_ends ends_;  // guarded by the GIL
};

}  // namespace puff::bridge
