#pragma once

#include <pybind11/pybind11.h>

#include <chrono>
#include <functional>
#include <memory>

#include "bridge/hub.hpp"
#include "schemas/error.hpp"

namespace puff::bridge {

struct blocking_options {
  std::size_t max_threads = 64;
  std::size_t max_waiting = 10'000;             ///< further work is `overloaded`
  std::chrono::milliseconds idle_time{30'000};  ///< an idle thread ends after this
};

/// Threads for what blocks: Python callables that wait in the operating system or in C, and C++
/// work that reads files. A thread is added only when none is idle, and keeps its Python thread
/// state for its life, because a fresh one makes the first Python frame dear.
///
/// Work starts in the order of submission. Python work holds the GIL except where it releases it.
class blocking_pool {
 public:
  explicit blocking_pool(blocking_options options);
  /// `stop` must have been called.
  ~blocking_pool();
  blocking_pool(const blocking_pool&) = delete;
  blocking_pool& operator=(const blocking_pool&) = delete;

  /// Runs `what` on one of the threads inside its context, with the GIL, which the caller holds
  /// too. `overloaded` or `shutting_down` if it was not taken.
  error submit(std::unique_ptr<work> what);
  /// Runs `what`, which must not touch Python, without the GIL. From any thread.
  error submit(std::function<void()> what);

  /// Takes no more, lets what was taken end, and joins the threads. False if some still run when
  /// the deadline has passed: they are left alone, and the process must end without finalizing
  /// Python. Waits without the GIL, whether the caller has it or not.
  bool stop(std::chrono::milliseconds deadline);

  struct statistics {
    std::size_t threads, idle, waiting;
  };
  statistics stats() const;

 private:
  class shared;
  static void run_thread(const std::shared_ptr<shared>& state);
  std::shared_ptr<shared> state_;  // shared with threads that outlive a missed deadline
};

}  // namespace puff::bridge
