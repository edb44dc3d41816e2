#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "schemas/task.hpp"
#include "services/tasks/record.hpp"
#include "services/tasks/store.hpp"
#include "services/timers/deadline_wheel.hpp"

namespace puff::tasks {

struct worker_options {
  std::string node = "puff";
  std::uint32_t max_running = 8;
  std::uint32_t max_prefetched = 256;          ///< claimed beyond that, if tasks are short
  std::chrono::milliseconds lease{10'000};     ///< a node that is silent so long loses its tasks
  std::chrono::milliseconds patience{10'000};  ///< of one call of Redis
};

struct worker_stats {
  std::uint64_t running = 0, prefetched = 0, ending = 0;
  std::uint64_t started = 0, done = 0, failed = 0, retried = 0, dead = 0, given_back = 0,
                timed_out = 0, lost = 0;  ///< lost: the lease was
};

/// Who runs what a worker claims. Calls must not come back at once.
class task_runner {
 public:
  virtual ~task_runner() = default;
  virtual void start(task_attempts batch) = 0;
  /// Ends an attempt as soon as may be; it is to be reported like any other, and its outcome is
  /// not used.
  virtual void interrupt(std::uint64_t number, std::string why) = 0;
};

/// Claims tasks by credit (free places, and a few more where tasks are short), hands them to a
/// runner, renews their leases, and ends them in Redis, in batches: what has ended and what is
/// wanted go with one call. A call that fails is repeated as it is; the tokens make that harmless.
///
/// It looks for tasks when a marker wakes it, when one is due, when places become free while more
/// are known to wait, and at each `tick`. One thread, that of the wheel.
class worker {
 public:
  using clock = deadline_wheel::clock;

  worker(store& queue, deadline_wheel& wheel, worker_options options, task_runner& runner);
  ~worker();

  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  /// Begins to claim.
  void open();
  /// The runner has ended attempts.
  void end(task_ends ends);
  /// Once a second: leases, and what was left behind.
  void tick();
  /// Somebody wants a running task to stop.
  void cancel(const task_id& id);
  /// Claims no more and gives back what has not started; `done` is called once when nothing is
  /// held any more, perhaps at once.
  void drain(std::function<void()> done);

  worker_stats stats() const noexcept;
  /// The server's clock at the last call; 0 before.
  std::int64_t server_ms() const noexcept { return server_ms_; }

 private:
  enum class verdict : std::uint8_t { none, timed_out, cancelled, lost };
  struct held {
    claim lease;
    record task;
    clock::time_point since{};
    deadline_wheel::ticket timeout;
    verdict sentence = verdict::none;
    bool running = false;  // the runner has it
    bool leased = true;    // Redis is to hear of its end, or has not confirmed it yet
  };
  using holdings = std::unordered_map<std::uint64_t, held>;

  void pump();
  void hand_out();
  void listen();
  void cycle();
  void cycled(expected<cycle_reply> reply);
  void take(std::vector<claim> claimed);
  void give_back();
  void ended(task_end end);
  void settle(std::uint64_t number, ending::kind what, std::string data,
              std::chrono::milliseconds delay = {});
  void settle_failure(std::uint64_t number, std::string data, bool retry);
  void sentence(std::uint64_t number, verdict why, std::string text);
  void expire(std::uint64_t number);
  void ticked(const std::vector<std::uint64_t>& asked, expected<tick_reply> reply);
  void wake_at(std::int64_t next_due_ms);
  void look_again(std::chrono::milliseconds later);
  std::size_t wanted() const noexcept;
  void erase_if_over(holdings::iterator at);
  void tell_if_drained();

  store& queue_;
  deadline_wheel& wheel_;
  worker_options options_;
  task_runner& runner_;
  std::minstd_rand random_{std::random_device{}()};

  holdings held_;
  std::deque<std::uint64_t> backlog_;  // claimed, not started
  struct unsaid {
    std::uint64_t number;
    ending what;
  };
  std::deque<unsaid> ends_;
  std::vector<unsaid> saying_;
  std::uint64_t last_number_ = 0;
  std::size_t running_ = 0;
  double mean_ms_ = 1'000;  // of a task's time, moving
  bool open_ = false, draining_ = false, hungry_ = false, in_cycle_ = false, in_tick_ = false,
       listening_ = false, pumping_ = false, handed_out_ = false;
  deadline_wheel::ticket due_, again_;
  std::int64_t server_ms_ = 0;
  std::function<void()> drained_;
  worker_stats counts_;
  std::shared_ptr<worker*> self_;  // for replies that come later
};

}  // namespace puff::tasks
