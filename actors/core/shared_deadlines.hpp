#pragma once

#include <memory>

#include "actors/core/loop.hpp"

namespace puff {

/// Deadlines of the actors that have no loop: one wheel behind a mutex, advanced by a loop. From
/// any thread; callbacks run on the driver's thread, without the mutex.
///
/// Outlives the actors that use it, and its driver outlives it.
class shared_deadlines final : public deadline_source {
 public:
  explicit shared_deadlines(loop& driver);
  ~shared_deadlines() override;

  ticket arm(clock::time_point when, deadline_wheel::callback what) override;
  bool cancel(ticket armed) noexcept override;
  clock::time_point now() const noexcept override;

  std::size_t size() const;

 private:
  struct wheel;
  std::shared_ptr<wheel> wheel_;
};

}  // namespace puff
