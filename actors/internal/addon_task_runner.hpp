#pragma once

#include <functional>
#include <map>
#include <string>

#include "actors/core/resource.hpp"
#include "actors/core/spawn.hpp"
#include "actors/task_interfaces.hpp"
#include "services/addons/instance.hpp"

namespace puff {

struct native_task {
  std::reference_wrapper<addons::instance> addon;
  std::reference_wrapper<const addons::instance::task> what;
};
using native_tasks = std::map<std::string, native_task, std::less<>>;

/// Purpose: runs the tasks of one queue that add-ons know, and hands the others on.
/// Owns: nothing.
/// Talks to: the queue's scheduler, and the runner of all other tasks.
/// Timers: none; the scheduler keeps time.
/// Ends when: the node stops.
class addon_task_runner {
 public:
  using interface = task_runner_actor;
  static constexpr const char* name = "addon_task_runner";

  addon_task_runner(self_pointer<interface> self, native_tasks tasks, task_runner_actor otherwise,
                    resource<task_scheduler_actor> scheduler);

  interface::behavior_type make_behavior();

 private:
  void start(task_attempts batch);
  void run(const native_task& task, task_attempt what);

  self_pointer<interface> self_;
  native_tasks tasks_;
  task_runner_actor otherwise_;
  resource<task_scheduler_actor> scheduler_;
};

}  // namespace puff
