#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <optional>

#include "services/timers/deadline_wheel.hpp"

namespace puff {

/// How long to wait before an actor is started again, and when to stop trying.
struct restart_options {
  std::chrono::milliseconds first{100};       ///< before the first restart
  std::chrono::milliseconds longest{10'000};  ///< each wait is twice the last, up to this
  std::chrono::milliseconds quiet{30'000};    ///< an actor up for so long starts over with `first`
  std::size_t ceiling = 8;                    ///< so many restarts ..
  std::chrono::milliseconds window{60'000};   ///< .. within this time, and no more
};

/// Exponential back-off with jitter and a ceiling, for one actor.
class restart_policy {
 public:
  using clock = deadline_wheel::clock;
  /// From 0 to 1, 1 excluded. Injected so that a test knows the jitter.
  using random = std::function<double()>;

  restart_policy(restart_options options, random jitter);

  void came_up(clock::time_point now) { up_since_ = now; }

  /// The actor has ended, or could not be started: the wait before its next start (between half and
  /// the whole of the current back-off), or nothing to give up.
  std::optional<std::chrono::milliseconds> next_wait(clock::time_point now);

  const restart_options& options() const noexcept { return options_; }

 private:
  restart_options options_;
  random jitter_;
  std::optional<clock::time_point> up_since_;
  std::chrono::milliseconds back_off_;
  std::deque<clock::time_point> restarts_;  // within the window
};

}  // namespace puff
