#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "actors/core/deadline_source.hpp"
#include "actors/core/loop.hpp"

namespace puff {

/// An armed deadline: cancelled when dropped. For the thread that its source allows.
class timer {
 public:
  timer() = default;
  timer(deadline_source& source, deadline_source::ticket armed) : source_(&source), armed_(armed) {}
  timer(timer&& other) noexcept
      : source_(std::exchange(other.source_, nullptr)), armed_(std::exchange(other.armed_, {})) {}
  timer& operator=(timer&& other) noexcept {
    std::swap(source_, other.source_);
    std::swap(armed_, other.armed_);
    return *this;
  }
  ~timer() { cancel(); }

  void cancel() noexcept {
    if (source_) source_->cancel(std::exchange(armed_, {}));
  }

 private:
  deadline_source* source_ = nullptr;
  deadline_source::ticket armed_;
};

/// Runs `what` once on the thread of the pinned actor `self`, at `when` or up to a millisecond
/// later, unless the timer is dropped or the actor ends before. What it throws ends the actor, and
/// so does `quit`, as in a handler. From `make_behavior` on, on the actor's thread.
template <class Self, class F>
[[nodiscard]] timer at(Self* self, deadline_source::clock::time_point when, F what) {
  auto& home = *self->home();
  return {home, home.arm(when, [self, &home, id = self->id(), what = std::move(what)]() mutable {
            if (home.hosts(id)) self->run_between_turns(what);
          })};
}

template <class Self, class F>
[[nodiscard]] timer after(Self* self, std::chrono::milliseconds delay, F what) {
  return at(self, self->home()->now() + delay, std::move(what));
}

/// A deadline that comes again and again: cancelled when dropped, also by its own call.
class ticker {
 public:
  struct round {
    timer next;
  };

  ticker() = default;
  explicit ticker(std::shared_ptr<round> running) : running_(std::move(running)) {}
  ticker(ticker&& other) noexcept = default;
  ticker& operator=(ticker&& other) noexcept {
    std::swap(running_, other.running_);
    return *this;
  }
  ~ticker() { cancel(); }

  void cancel() noexcept {
    if (!running_) return;
    running_->next.cancel();
    running_.reset();
  }

 private:
  std::shared_ptr<round> running_;
};

/// Runs `what` every `period`, first after one period, under the terms of `at`. The rhythm does not
/// drift; beats that were missed because the thread was busy are left out, not made up for.
template <class Self, class F>
[[nodiscard]] ticker every(Self* self, std::chrono::milliseconds period, F what) {
  struct beat : ticker::round {
    beat(Self* whose, std::chrono::milliseconds gap, F does)
        : self(whose),
          period(std::max(gap, std::chrono::milliseconds{1})),
          due(whose->home()->now()),
          what(std::move(does)) {}

    static void arm(const std::shared_ptr<beat>& b) {
      auto beats = (b->self->home()->now() - b->due) / b->period + 1;
      b->due += beats * b->period;
      b->next = at(b->self, b->due, [weak = std::weak_ptr<beat>{b}] {
        auto running = weak.lock();
        if (!running) return;
        arm(running);
        running->what();
      });
    }

    Self* self;
    std::chrono::milliseconds period;
    deadline_source::clock::time_point due;
    F what;
  };
  auto running = std::make_shared<beat>(self, period, std::move(what));
  beat::arm(running);
  return ticker{running};
}

}  // namespace puff
