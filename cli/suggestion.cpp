#include "cli/suggestion.hpp"

#include <algorithm>

#include "services/config/edit_distance.hpp"

namespace puff::cli {
std::string_view nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string_view best;
  auto fewest = std::max<std::size_t>(1, word.size() / 3) + 1;  // one more than is accepted
  for (const auto& candidate : candidates) {
    auto count = config::edit_distance(word, candidate);
    if (count < fewest) best = candidate, fewest = count;
  }
  if (!best.empty()) return best;
  for (const auto& candidate : candidates)
    if (word.size() > 2 && candidate.starts_with(word)) return candidate;
  return {};
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  auto found = nearest(word, candidates);
  return found.empty() ? std::string{} : "; did you mean '" + std::string{found} + "'?";
}

}  // namespace puff::cli
