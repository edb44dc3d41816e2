#include "actors/core/shared_deadlines.hpp"

#include <mutex>
#include <vector>

namespace puff {

struct shared_deadlines::wheel : std::enable_shared_from_this<wheel> {
  explicit wheel(loop& by) : driver(by) {}

  void wake_at(clock::time_point when) {
    driver.deadlines().cancel(wake);
    wake = driver.deadlines().arm(when, [self = weak_from_this()] {
      if (auto alive = self.lock()) alive->advance();
    });
  }

  void advance() {
    std::vector<deadline_wheel::callback> now_due;
    std::optional<clock::time_point> next;
    {
      std::scoped_lock lock{guards_entries};
      entries.advance(driver.now());
      now_due.swap(due);
      next = entries.earlier_wake();
    }
    if (next) wake_at(*next);
    for (auto& what : now_due) what();
  }

  loop& driver;
  ticket wake;  // the driver's thread alone touches it
  mutable std::mutex guards_entries;
  deadline_wheel entries;
  std::vector<deadline_wheel::callback> due;
};

shared_deadlines::shared_deadlines(loop& driver) : wheel_(std::make_shared<wheel>(driver)) {}

shared_deadlines::~shared_deadlines() = default;

deadline_source::ticket shared_deadlines::arm(clock::time_point when,
                                              deadline_wheel::callback what) {
  ticket armed;
  std::optional<clock::time_point> wake;
  {
    std::scoped_lock lock{wheel_->guards_entries};
    armed = wheel_->entries.arm(when, [w = wheel_.get(), what = std::move(what)]() mutable {
      w->due.push_back(std::move(what));
    });
    wake = wheel_->entries.earlier_wake();
  }
  if (wake)
    wheel_->driver.post([self = wheel_->weak_from_this(), when = *wake] {
      if (auto alive = self.lock()) alive->wake_at(when);
    });
  return armed;
}

bool shared_deadlines::cancel(ticket armed) noexcept {
  std::scoped_lock lock{wheel_->guards_entries};
  return wheel_->entries.cancel(armed);
}

deadline_source::clock::time_point shared_deadlines::now() const noexcept {
  return wheel_->driver.now();
}

std::size_t shared_deadlines::size() const {
  std::scoped_lock lock{wheel_->guards_entries};
  return wheel_->entries.size();
}

}  // namespace puff
