#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "actors/thread_hold.hpp"

namespace puff::bridge {

class hub;

/// Tells the operator of a greenlet that does not yield: while one runs, all others wait. Looks at
/// the greenlet thread's counters from a small thread of its own, and takes the GIL only to write
/// the stack of what has held the thread longer than the threshold, once for each time.
class watchdog {
 public:
  /// Made on the greenlet thread, with the GIL. A threshold of 0 switches it off.
  watchdog(const hub& watched, std::chrono::milliseconds threshold);
  /// With the GIL, which is released meanwhile.
  ~watchdog();
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

  /// For how long one greenlet has kept the thread; 0 below the threshold.
  std::shared_ptr<const thread_hold> hold() const noexcept { return hold_; }

 private:
  void run();
  bool rest();
  void report(std::uint64_t turn, std::chrono::milliseconds held);

  const hub& watched_;
  const std::chrono::milliseconds threshold_;
  const unsigned long greenlet_thread_;
  std::shared_ptr<thread_hold> hold_ = std::make_shared<thread_hold>();
  std::mutex guards_ending_;
  std::condition_variable end_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace puff::bridge
