#include <caf/send.hpp>

#include "actors/core/outside_ask.hpp"
#include "actors/internal/node_parts.hpp"
#include "actors/task_scheduler.hpp"
#include "services/telemetry/log.hpp"

namespace puff {

using namespace std::chrono_literals;

resource<task_scheduler_actor> node::add_task_queue(task_scheduler_options options) {
  auto& home = parts_->loop_for_guests();
  const auto queue = options.queue;
  auto cell = parts_->task_queues[queue];
  auto runner = parts_->task_runners[queue];
  options.worker.node = name();
  child_options care;
  care.on_up = [cell, runner] {
    auto up = cell.get();
    auto hired = runner.get();
    if (up && hired) caf::anon_send(*up, hire_atom::value, *hired);
  };
  parts_->planned.push_back(child_of(
      "tasks " + queue, cell,
      [this, &home, options = std::move(options)](const gauge_ptr& counts) {
        return spawn<task_scheduler>(system(), {.home = &home, .counts = counts},
                                     std::ref(home.io()), options);
      },
      care));
  return cell;
}

const std::map<std::string, resource<task_scheduler_actor>, std::less<>>& node::task_queues()
    const {
  return parts_->task_queues;
}

void node::hire_through(hiring decides) { parts_->decides = std::move(decides); }

void node::hire(const std::string& queue, task_runner_actor runner) {
  if (parts_->decides) runner = parts_->decides(queue, std::move(runner));
  parts_->task_runners[queue].set(runner);
  if (auto up = parts_->task_queues[queue].get())
    caf::anon_send(*up, hire_atom::value, std::move(runner));
}

void node::stop_claiming() {
  for (auto& [queue, runner] : parts_->task_runners) runner.set(std::nullopt);
  for (auto& [queue, cell] : parts_->task_queues)
    outside_ask<drain_atom>(
        loop(), cell, 24h, [](const expected<drain_atom>&) {}, drain_atom::value);
}

void node::finish_tasks(std::chrono::milliseconds time_limit) {
  for (auto& [queue, cell] : parts_->task_queues) {
    auto done = ask_and_wait<drain_atom>(loop(), cell, time_limit, drain_atom::value);
    if (!done)
      log::warning("tasks",
                   "queue {}: some tasks have not ended in order and run again elsewhere: {}",
                   queue, describe(done.error()));
  }
}

}  // namespace puff
