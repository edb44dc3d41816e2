#pragma once

#include <atomic>
#include <chrono>

namespace puff {

/// For how long a thread has been kept by one piece of its work. Written by who watches it, read
/// from any thread; it goes on growing while the watcher itself is held up.
class thread_hold {
 public:
  using clock = std::chrono::steady_clock;

  /// 0 while nothing keeps it.
  std::chrono::milliseconds held() const noexcept {
    const auto since = since_.load();
    if (since == 0) return std::chrono::milliseconds{0};
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock::now().time_since_epoch() -
                                                                 clock::duration{since});
  }
  void set(clock::time_point since) noexcept { since_ = since.time_since_epoch().count(); }
  void clear() noexcept { since_ = 0; }

 private:
  std::atomic<clock::rep> since_{0};
};

}  // namespace puff
