#pragma once

#include <atomic>
#include <chrono>

namespace puff {

/// Until when a node may act on its leases in its cluster; always, if it has none. Written by the
/// federator, read by whoever is about to do what only one node may do. From any thread.
class lease_clock {
 public:
  using clock = std::chrono::steady_clock;

  bool valid() const noexcept { return clock::now().time_since_epoch().count() < until_.load(); }
  void set(clock::time_point until) noexcept { until_ = until.time_since_epoch().count(); }

 private:
  std::atomic<clock::rep> until_{clock::time_point::max().time_since_epoch().count()};
};

}  // namespace puff
