#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "schemas/task.hpp"
#include "services/tasks/store.hpp"
#include "services/timers/deadline_wheel.hpp"

namespace puff::tasks {

/// Those of a node who wait for results of a queue. Each task is asked for once; its result is then
/// published on the node's channel, or found by `tick`, which asks again for what has been waited
/// for long, since a publication may be lost. One thread.
class results {
 public:
  using clock = deadline_wheel::clock;
  /// Empty if there is none: nobody knows the task, or the time is over.
  using callback = std::function<void(expected<task_result>)>;

  results(store& queue, deadline_wheel& wheel, std::string channel);
  ~results();

  /// Called once, perhaps at once.
  void wait(const task_wait& what, callback done);
  /// What was published on the channel: an id and the result, or the id alone.
  void take(std::string_view published);
  /// Once a second.
  void tick();
  const std::string& channel() const noexcept { return channel_; }
  std::size_t waiting() const noexcept { return waiting_.size(); }

 private:
  struct waiter {
    callback done;
    deadline_wheel::ticket expiry;
  };
  struct awaited {
    std::list<waiter> all;
    bool asking = false;
    std::uint32_t ticks = 0;
  };

  void ask(const task_id& id);
  void answered(const task_id& id, expected<redis_value> reply);
  void deliver(const task_id& id, const expected<task_result>& result);
  void expire(const task_id& id, std::list<waiter>::iterator at);

  store& queue_;
  deadline_wheel& wheel_;
  std::string channel_;
  std::unordered_map<task_id, awaited> waiting_;
  std::shared_ptr<results*> self_;
};

}  // namespace puff::tasks
