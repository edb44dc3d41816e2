#include "services/config/internal/nearest.hpp"

#include <algorithm>
#include <limits>

#include "services/config/edit_distance.hpp"

namespace puff::config::internal {
namespace {

bool one_begins_other(std::string_view a, std::string_view b) {
  return std::min(a.size(), b.size()) >= 3 && (a.starts_with(b) || b.starts_with(a));
}

}  // namespace

std::string suggestion(std::string_view word, const std::vector<std::string_view>& candidates) {
  std::string_view best;
  auto least = std::numeric_limits<std::size_t>::max();
  auto shorter = word.substr(0, 64);
  for (auto candidate : candidates) {
    auto distance = edit_distance(shorter, candidate);
    if (one_begins_other(folded(shorter), candidate)) distance = std::min<std::size_t>(distance, 2);
    if (distance >= least) continue;
    least = distance;
    best = candidate;
  }
  if (best.empty()) return {};
  auto quoted = "'" + std::string{best} + "'";
  bool near = least <= std::max<std::size_t>(2, best.size() / 3);
  return near ? "; did you mean " + quoted + "?" : "; the nearest valid key is " + quoted;
}

}  // namespace puff::config::internal
