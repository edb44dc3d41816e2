#pragma once

#include <chrono>
#include <utility>
#include <vector>

namespace puff::log {

/// How far local time is from UTC, as the environment said when this was made. A program that
/// changes TZ later, as Django does for its TIME_ZONE, changes nothing here. May be read from
/// every thread.
class local_offsets {
 public:
  using time_point = std::chrono::system_clock::time_point;

  /// Looks up the changes (summer time) of the five years after `now`; what was last holds on.
  /// Reads the zone as `localtime` does: not while another thread changes TZ.
  explicit local_offsets(time_point now = std::chrono::system_clock::now());

  std::chrono::seconds at(time_point when) const;

 private:
  std::vector<std::pair<time_point, std::chrono::seconds>> changes_;  // ascending; never empty
};

}  // namespace puff::log
