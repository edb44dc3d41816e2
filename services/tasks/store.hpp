#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/error.hpp"
#include "schemas/redis_value.hpp"
#include "schemas/task.hpp"
#include "services/tasks/script.hpp"

namespace puff::tasks {

using redis::command_port;

/// The end of a claimed task, for Redis.
struct ending {
  enum class kind : char {
    done = 'd',
    again = 'r',  ///< after `delay`, as another attempt
    dead = 'x',
    back = 'b',  ///< at once, not counted as an attempt
  };
  task_id id;
  std::uint32_t token = 0;
  kind what = kind::done;
  bool special = false;  ///< its record has extras
  std::chrono::milliseconds keep{0}, delay{0};
  std::string data;  ///< '+' or '-', then JSON
};

/// A task that this node holds a lease of.
struct claim {
  task_id id;
  std::uint32_t token = 0;
  std::uint32_t attempt = 1;
  std::string record;
};

struct cycle_reply {
  std::int64_t now_ms = 0;           ///< the server's clock, since 1970
  std::int64_t next_due_ms = -1;     ///< when a task is due next; -1: none is scheduled
  std::uint64_t ready = 0;           ///< how many more may run now
  std::vector<std::size_t> refused;  ///< places of ends whose lease was lost
  std::vector<claim> claimed;
};

struct tick_reply {
  std::int64_t now_ms = 0;
  std::int64_t next_due_ms = -1;
  std::uint64_t ready = 0;
  std::vector<std::size_t> lost, cancelled;  ///< places of what was held
};

/// A queue in Redis: calls its scripts, loading those that the server does not know (any more).
/// Every error names the queue. One thread; the port must outlive what is under way.
class store {
 public:
  using clock = command_port::clock;
  template <class T>
  using answer = std::function<void(expected<T>)>;
  /// The most tasks that go with one call.
  static constexpr std::size_t batch = 256;

  store(command_port& port, std::string queue);

  const std::string& queue() const noexcept { return queue_; }
  /// What all keys of the queue begin with.
  const std::string& prefix() const noexcept { return prefix_; }

  /// Calls a script.
  void run(const script& what, const std::vector<std::string_view>& arguments,
           clock::time_point deadline, answer<redis_value> done);

  /// Adds at most `batch` tasks: their ids, in order; that of the living one where a unique task
  /// was there already.
  void add(const task_order* first, std::size_t count, bool wake, clock::time_point deadline,
           answer<std::vector<task_id>> done);
  /// Ends tasks and claims up to `wanted` others; at most `batch` of both.
  void cycle(const std::vector<ending>& ends, std::size_t wanted, std::chrono::milliseconds lease,
             clock::time_point deadline, answer<cycle_reply> done);
  /// Renews the leases of what a node holds, and looks after what others have left behind.
  void tick(const std::string& node, const std::vector<claim>& held,
            std::chrono::milliseconds lease, clock::time_point deadline, answer<tick_reply> done);
  /// Waits in the server until some node should look for tasks; the answer says whether.
  void await_marker(std::chrono::milliseconds patience, answer<bool> done);

 private:
  void enlist(const task_order* first, std::size_t count, bool wake, clock::time_point deadline,
              answer<std::vector<task_id>> done);

  command_port& port_;
  std::string queue_, prefix_;
};

}  // namespace puff::tasks
