#include "services/graphql/validation/suggestions.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <optional>
#include <utility>

namespace puff::graphql {

namespace {

constexpr std::size_t most_suggestions = 5;

std::string small_letters(std::string_view word) {
  std::string out(word);
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::optional<std::size_t> distance_of(std::string_view wrong, const std::string& wrong_small,
                                       std::string_view option, std::size_t most) {
  if (wrong == option) return 0;
  auto option_small = small_letters(option);
  if (wrong_small == option_small) return 1;
  std::string_view a = option_small, b = wrong_small;
  if (a.size() < b.size()) std::swap(a, b);
  if (a.size() - b.size() > most) return std::nullopt;
  std::array<std::vector<std::size_t>, 3> rows;
  for (auto& row : rows) row.resize(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    const auto& up = rows[(i - 1) % 3];
    auto& row = rows[i % 3];
    auto smallest = row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      auto cell = std::min({up[j] + 1, row[j - 1] + 1, up[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        cell = std::min(cell, rows[(i - 2) % 3][j - 2] + 1);
      smallest = std::min(smallest, cell);
      row[j] = cell;
    }
    if (smallest > most) return std::nullopt;
  }
  auto distance = rows[a.size() % 3][b.size()];
  return distance <= most ? std::optional(distance) : std::nullopt;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The number that begins at `at`; moves behind it.
std::string_view number_at(std::string_view text, std::size_t& at) {
  auto start = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  auto digits = text.substr(start, at - start);
  auto zeros = std::min(digits.find_first_not_of('0'), digits.size());
  return digits.substr(zeros);
}

}  // namespace

bool natural_less(std::string_view a, std::string_view b) noexcept {
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      auto left = number_at(a, i), right = number_at(b, j);
      if (left.size() != right.size()) return left.size() < right.size();
      if (left != right) return left < right;
    } else {
      if (a[i] != b[j]) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
      ++i;
      ++j;
    }
  }
  return a.size() < b.size();
}

std::vector<std::string> suggestion_list(std::string_view wrong,
                                         const std::vector<std::string_view>& options) {
  auto most = wrong.size() * 4 / 10 + 1;
  auto wrong_small = small_letters(wrong);
  std::vector<std::pair<std::size_t, std::string_view>> near;
  for (auto option : options)
    if (auto distance = distance_of(wrong, wrong_small, option, most))
      near.emplace_back(*distance, option);
  std::ranges::stable_sort(near, [](const auto& x, const auto& y) {
    return x.first != y.first ? x.first < y.first : natural_less(x.second, y.second);
  });
  near.erase(std::unique(near.begin(), near.end()), near.end());
  std::vector<std::string> words;
  for (const auto& [distance, word] : near) words.emplace_back(word);
  return words;
}

std::string did_you_mean(const std::vector<std::string>& words) { return did_you_mean("", words); }

std::string did_you_mean(std::string_view what, const std::vector<std::string>& words) {
  if (words.empty()) return {};
  std::string out = " Did you mean ";
  if (!what.empty()) out.append(what).append(" ");
  auto shown = std::min(words.size(), most_suggestions);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) out += shown > 2 ? ", " : " ";
    if (i > 0 && i + 1 == shown) out += "or ";
    out.append("\"").append(words[i]).append("\"");
  }
  return out + "?";
}

}  // namespace puff::graphql
