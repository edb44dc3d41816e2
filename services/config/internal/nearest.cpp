#include "services/config/internal/nearest.hpp"

#include <algorithm>
#include <cctype>
#include <limits>

namespace puff::config::internal {
namespace {

std::string folded(std::string_view word) {
  std::string out;
  for (char c : word)
    out += c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool one_begins_other(std::string_view a, std::string_view b) {
  return std::min(a.size(), b.size()) >= 3 && (a.starts_with(b) || b.starts_with(a));
}

}  // namespace

std::size_t edit_distance(std::string_view left, std::string_view right) {
  auto a = folded(left), b = folded(right);
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

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
