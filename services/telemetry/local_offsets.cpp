#include "services/telemetry/local_offsets.hpp"

#include <algorithm>
#include <ctime>
#include <iterator>

namespace puff::log {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;
using time_point = local_offsets::time_point;

constexpr auto looked_ahead = std::chrono::years{5};
// No zone changes twice within it.
constexpr auto step = std::chrono::weeks{1};

seconds offset_at(time_point when) {
  const auto seconds_since_epoch = system_clock::to_time_t(when);
  std::tm fields{};
  if (!::localtime_r(&seconds_since_epoch, &fields)) return seconds{0};
  return seconds{fields.tm_gmtoff};
}

/// The first second of `(from, to]` whose offset is that of `to`.
time_point change_within(time_point from, time_point to) {
  const auto after = offset_at(to);
  while (to - from > seconds{1}) {
    const auto middle = from + std::chrono::floor<seconds>((to - from) / 2);
    (offset_at(middle) == after ? to : from) = middle;
  }
  return to;
}

}  // namespace

local_offsets::local_offsets(time_point now) {
  ::tzset();
  auto from = std::chrono::floor<seconds>(now);
  changes_.emplace_back(from, offset_at(from));
  for (const auto end = from + looked_ahead; from < end; from += step)
    if (const auto later = offset_at(from + step); later != changes_.back().second)
      changes_.emplace_back(change_within(from, from + step), later);
}

seconds local_offsets::at(time_point when) const {
  auto later = std::upper_bound(changes_.begin(), changes_.end(), when,
                                [](auto t, const auto& change) { return t < change.first; });
  return later == changes_.begin() ? later->second : std::prev(later)->second;
}

}  // namespace puff::log
