#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace puff::addons {

/// The threads of one add-on. A lane runs its jobs one at a time, in order; lane 0 runs them side
/// by side. A job that blocks keeps one of these threads and nothing else.
class lanes {
 public:
  using clock = std::chrono::steady_clock;
  using job = std::function<void()>;

  /// `bound`: how many jobs may wait in one lane.
  explicit lanes(std::size_t bound);
  /// Ends without waiting, see `stop`.
  ~lanes();
  lanes(const lanes&) = delete;
  lanes& operator=(const lanes&) = delete;

  /// A new lane. Before the first job.
  std::uint32_t add();
  /// Starts the threads. Once.
  void start(std::size_t threads);

  /// From any thread. False: as much waits as may, or it has ended; `what` will not run.
  [[nodiscard]] bool post(std::uint32_t lane, job what);
  /// The same without a bound: for ends of what was begun by a job.
  void post_always(std::uint32_t lane, job what);
  /// Posts at a time. From any thread.
  void at(clock::time_point when, std::uint32_t lane, job what);

  std::size_t waiting() const;

  /// The calling thread, one of these, begins or has ceased to wait for others. Meanwhile another
  /// one takes its place, as long as there are not too many.
  enum class wait : std::uint8_t { ends, begins };
  void note(wait what);

  /// Takes no more jobs, drops those that wait, and lets the running ones end. False if some run on
  /// past the patience: their threads are left behind.
  bool stop(std::chrono::milliseconds patience);

 private:
  struct shared;
  static void work(const std::shared_ptr<shared>& all);
  std::shared_ptr<shared> all_;
};

}  // namespace puff::addons
