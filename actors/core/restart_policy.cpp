#include "actors/core/restart_policy.hpp"

#include <algorithm>

namespace puff {

restart_policy::restart_policy(restart_options options, random jitter)
    : options_(options), jitter_(std::move(jitter)), back_off_(options.first) {}

std::optional<std::chrono::milliseconds> restart_policy::next_wait(clock::time_point now) {
  while (!restarts_.empty() && now - restarts_.front() >= options_.window) restarts_.pop_front();
  if (restarts_.size() >= options_.ceiling) return std::nullopt;
  restarts_.push_back(now);

  if (up_since_ && now - *up_since_ >= options_.quiet) back_off_ = options_.first;
  up_since_.reset();
  auto wait = back_off_ / 2 +
              std::chrono::duration_cast<std::chrono::milliseconds>(back_off_ / 2 * jitter_());
  back_off_ = std::min(back_off_ * 2, options_.longest);
  return wait;
}

}  // namespace puff
