#pragma once

#include <chrono>
#include <exception>
#include <utility>

#include "actors/core/pinned.hpp"

namespace puff {

/// A deadline of a pinned actor: cancelled when dropped. Own thread only.
class timer {
 public:
  timer() = default;
  timer(loop& home, deadline_wheel::ticket armed) : home_(&home), armed_(armed) {}
  timer(timer&& other) noexcept
      : home_(std::exchange(other.home_, nullptr)), armed_(std::exchange(other.armed_, {})) {}
  timer& operator=(timer&& other) noexcept {
    std::swap(home_, other.home_);
    std::swap(armed_, other.armed_);
    return *this;
  }
  ~timer() { cancel(); }

  void cancel() noexcept {
    if (home_) home_->deadlines().cancel(std::exchange(armed_, {}));
  }

 private:
  loop* home_ = nullptr;
  deadline_wheel::ticket armed_;
};

/// Runs `what` once on the actor's thread, at `when` or up to a millisecond later, unless the timer
/// is dropped or the actor ends before. What it throws ends the actor, as in a handler.
template <class Self, class F>
[[nodiscard]] timer at(Self* self, deadline_wheel::clock::time_point when, F what) {
  auto& home = *self->home();
  return {home, home.deadlines().arm(when, [self, &home, what = std::move(what)]() mutable {
            if (!home.hosts(self)) return;
            try {
              what();
            } catch (const std::exception& thrown) {
              self->quit(make_error(ec::internal, thrown.what()));
            }
          })};
}

template <class Self, class F>
[[nodiscard]] timer after(Self* self, std::chrono::milliseconds delay, F what) {
  return at(self, deadline_wheel::clock::now() + delay, std::move(what));
}

}  // namespace puff
