#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "schemas/actor.hpp"
#include "schemas/addon.h"
#include "schemas/request.hpp"
#include "schemas/response.hpp"
#include "services/addons/lanes.hpp"
#include "services/addons/pending.hpp"
#include "services/addons/port.hpp"

namespace puff::addons {

struct instance_options {
  std::string version;                          ///< of Puff
  std::map<std::string, std::string> settings;  ///< what the add-on may read
  std::size_t threads = 2;                      ///< of its own, for all it does
  std::size_t max_waiting =
      1000;  ///< messages of one actor, or requests and tasks; more is refused
  std::chrono::milliseconds answer_limit{30'000};  ///< for a request
};

/// One add-on of this process: what it has registered, its threads, and what waits for its answers.
/// Whatever it does, its callers get an answer: what it throws is `server_error`, what it does not
/// answer in time `timed_out`, what it has no room for `overloaded`.
class instance {
 public:
  struct actor {
    std::string name;
    std::uint32_t lane = 0;
    puff_receive receive = nullptr;
    void* state = nullptr;
  };
  struct route {
    std::string method, pattern;
    puff_serve serve = nullptr;
    void* state = nullptr;
  };
  struct command {
    std::string name, about;
    puff_run run = nullptr;
    void* state = nullptr;
  };
  struct task {
    std::string name;
    puff_receive run = nullptr;
    void* state = nullptr;
  };
  struct python_module {
    std::string name;
    void* (*init)() = nullptr;
  };
  /// Where it counts what came, what was begun and what there was no room for.
  struct counters {
    std::atomic<std::uint64_t>&arrived, &handled, &refused;
  };

  using on_reply = std::function<void(expected<actor_reply>)>;
  using on_response = std::function<void(response)>;
  using fields = std::vector<std::pair<std::string, std::string>>;

  /// Calls the entry's `start`. `bad_config` with its reason, or with that of a registration that
  /// was refused.
  static expected<std::unique_ptr<instance>> start(const puff_addon& entry, instance_options how);
  ~instance();

  std::string name() const { return entry_.name; }
  std::string version() const { return entry_.version; }
  const std::vector<actor>& actors() const noexcept { return actors_; }
  const std::vector<route>& routes() const noexcept { return routes_; }
  const std::vector<command>& commands() const noexcept { return commands_; }
  const std::vector<task>& tasks() const noexcept { return tasks_; }
  const std::vector<python_module>& python_modules() const noexcept { return modules_; }

  /// The node runs: from now on there are threads, and messages reach the outside. What they refer
  /// to must stay until `stop` has returned.
  void begin(port& to, counters in);
  /// Ends: what waits for the add-on is answered `shutting_down`. False if it keeps a thread: then
  /// the instance must never be destroyed. Once.
  bool stop(std::chrono::milliseconds patience);

  /// A message for an actor of `actors()`; `done` is null if nobody waits, else it is called once,
  /// from any thread, at the deadline at the latest. From any thread, while it runs.
  void deliver(const actor& to, actor_call what, on_reply done);
  /// Runs a task of `tasks()`; the reply is its result, JSON. It takes the time that it takes.
  void run(const task& which, std::string parameter, on_reply done);
  /// A request, whole, with what the pattern has taken of its path.
  void serve(const route& by, std::shared_ptr<const request> what, fields params, on_response done);

 private:
  friend struct host_functions;
  struct timer_state {
    std::uint32_t lane;
    puff_fired fired;
    void* state;
  };
  using later = pending<on_reply>;

  instance(const puff_addon& entry, instance_options how);
  error call_start();
  void receive(puff_receive by, void* state, std::uint32_t lane, actor_message what, on_reply done,
               lanes::clock::time_point deadline);
  void refuse_registration(std::string why);
  bool registers(std::string_view what, std::string_view name);
  void settle(puff_handle call, expected<actor_reply> outcome);
  void ask(puff_handle whom, const std::string& name, actor_message what,
           std::chrono::milliseconds within, puff_replied replied, void* state);
  puff_handle after(std::uint32_t lane, std::chrono::milliseconds time, puff_fired fired,
                    void* state);
  void watch_deadlines();
  void end_watching();
  void wake_watch();
  void log(std::string_view what) const;

  const puff_addon& entry_;
  const instance_options options_;
  puff_host table_{};
  bool registering_ = false;
  std::string refused_;
  std::vector<actor> actors_;
  std::vector<route> routes_;
  std::vector<command> commands_;
  std::vector<task> tasks_;
  std::vector<python_module> modules_;
  std::optional<counters> counts_;

  std::atomic<port*> port_{nullptr};
  std::atomic<bool> stopped_{false};
  const std::shared_ptr<lanes> lanes_;
  later calls_;
  pending<on_response> exchanges_;
  pending<timer_state> timers_;

  std::mutex guards_watch_;
  std::condition_variable watch_changed_;
  bool watch_ends_ = false;
  std::thread watch_;  // not of the add-on: its own may all be blocked
};

}  // namespace puff::addons
