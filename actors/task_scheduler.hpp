#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "actors/core/promise.hpp"
#include "actors/core/spawn.hpp"
#include "actors/core/timer.hpp"
#include "actors/task_interfaces.hpp"
#include "services/redis/client.hpp"
#include "services/redis/subscriber.hpp"
#include "services/tasks/cron.hpp"
#include "services/tasks/identity.hpp"
#include "services/tasks/results.hpp"
#include "services/tasks/store.hpp"
#include "services/tasks/worker.hpp"

namespace puff {

struct task_scheduler_options {
  std::string queue = "default";
  redis::client_options client;
  tasks::worker_options worker;
};

/// Purpose: this node's part of one task queue: puts tasks in, claims and ends them for a runner,
/// waits for results.
/// Owns: the connections to the queue's server (commands, the one that waits, the one that hears
/// results), the leases of the tasks that run here.
/// Talks to: the runner that was hired.
/// Timers: a heartbeat each second, time-outs of attempts, deadlines of calls; none depends on
/// Python.
/// Ends when: the node stops. If it fails its tasks run again when their leases are over, and the
/// runner hires itself out to the next one.
class task_scheduler final : private tasks::command_port,
                             private tasks::task_runner,
                             private redis::subscriber_listener {
 public:
  using interface = task_scheduler_actor;
  static constexpr const char* name = "task_scheduler";

  /// `io` is that of the loop the actor is pinned to.
  task_scheduler(self_pointer<interface> self, boost::asio::io_context& io,
                 task_scheduler_options options);
  ~task_scheduler() override;

  interface::behavior_type make_behavior();

 private:
  struct adding {
    task_orders orders;
    promise<task_ids_parcel> owed;
  };
  struct rhythm {
    task_rhythm what;
    tasks::cron when;
    std::int64_t announced_ms = 0;
  };

  // What the engine needs.
  void send(redis_commands commands, clock::time_point deadline, reply_callback done) override;
  void start(task_attempts batch) override;
  void interrupt(std::uint64_t number, std::string why) override;
  void on_message(subscription_kind kind, const std::string& channel, std::string from,
                  std::string payload) override;
  void on_interrupted() override {}
  void on_refused(subscription_kind kind, const std::string& channel, const error& why) override;

  caf::delegated<task_ids_parcel> add(task_orders orders);
  void flush_added();
  void add_long(std::shared_ptr<adding> what, std::shared_ptr<std::vector<task_id>> ids);
  caf::delegated<task_result_parcel> wait(const task_wait& what);
  caf::delegated<redis_reply> call(task_call what);
  void hire(task_runner_actor runner);
  void take_rhythms(task_rhythms all);
  caf::delegated<drain_atom> drain();
  caf::delegated<check_atom> check();

  void tick();
  void announce(rhythm& r);
  void count();

  self_pointer<interface> self_;
  boost::asio::io_context& io_;
  task_scheduler_options options_;
  std::unique_ptr<redis::client> client_;
  std::unique_ptr<tasks::store> store_;
  std::unique_ptr<tasks::worker> worker_;
  std::unique_ptr<tasks::results> results_;
  std::unique_ptr<redis::subscriber> subscriber_;
  tasks::identity_source ids_;
  task_runner_actor runner_;
  std::vector<adding> added_;
  std::vector<rhythm> rhythms_;
  std::vector<promise<drain_atom>> draining_;
  ticker heartbeat_;
};

}  // namespace puff
