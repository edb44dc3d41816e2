#include "cli/suggestion.hpp"

#include <algorithm>
#include <cctype>

namespace puff::cli {
namespace {

char folded(char c) {
  return c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

// Optimal string alignment with three rows of the table.
std::size_t mistakes(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = folded(a[i - 1]) == folded(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) &&
          folded(a[i - 2]) == folded(b[j - 1]))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

}  // namespace

std::string_view nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string_view best;
  auto fewest = std::max<std::size_t>(1, word.size() / 3) + 1;  // one more than is accepted
  for (const auto& candidate : candidates) {
    auto count = mistakes(word, candidate);
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
