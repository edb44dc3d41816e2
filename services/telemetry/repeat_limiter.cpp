#include "services/telemetry/repeat_limiter.hpp"

#include <algorithm>
#include <utility>

namespace puff::log {

std::optional<std::uint64_t> repeat_limiter::admit(std::string_view key,
                                                   std::chrono::milliseconds interval,
                                                   clock::time_point now) {
  auto found = entries_.find(key);
  if (found == entries_.end()) {
    if (entries_.size() >= capacity_) forget_oldest();
    entries_.emplace(key, entry{now, 0});
    return 0;
  }
  auto& e = found->second;
  if (now - e.written < interval) {
    ++e.held;
    return std::nullopt;
  }
  e.written = now;
  return std::exchange(e.held, 0);
}

std::vector<std::pair<std::string, std::uint64_t>> repeat_limiter::take_held() {
  std::vector<std::pair<std::string, std::uint64_t>> out;
  for (auto& [key, e] : entries_)
    if (e.held) out.emplace_back(key, std::exchange(e.held, 0));
  return out;
}

void repeat_limiter::forget_oldest() {
  auto oldest = std::min_element(
      entries_.begin(), entries_.end(),
      [](const auto& a, const auto& b) { return a.second.written < b.second.written; });
  if (oldest != entries_.end()) entries_.erase(oldest);
}

}  // namespace puff::log
