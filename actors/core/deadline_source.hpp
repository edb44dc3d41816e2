#pragma once

#include "services/timers/deadline_wheel.hpp"

namespace puff {

/// Where an actor's deadlines are armed: the wheel of its loop, or `shared_deadlines` for an actor
/// on CAF's workers. Callbacks run on the source's thread and must not throw.
class deadline_source {
 public:
  using clock = deadline_wheel::clock;
  using ticket = deadline_wheel::ticket;

  virtual ~deadline_source() = default;

  virtual ticket arm(clock::time_point when, deadline_wheel::callback what) = 0;
  /// False if it has fired or was cancelled before.
  virtual bool cancel(ticket armed) noexcept = 0;
  /// The clock that deadlines are measured with; a test's source has a virtual one.
  virtual clock::time_point now() const noexcept = 0;
};

}  // namespace puff
