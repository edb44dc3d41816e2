#include "services/pubsub/position.hpp"

#include <algorithm>
#include <charconv>

namespace puff::pubsub {
namespace {

constexpr std::size_t max_epoch_bytes = 32;

bool is_epoch(std::string_view text) {
  auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  return !text.empty() && text.size() <= max_epoch_bytes &&
         std::all_of(text.begin(), text.end(), fits);
}

}  // namespace

std::optional<position> parse_position(std::string_view text) {
  if (text == everything) return position{};
  const auto dash = text.find('-');
  if (dash == std::string_view::npos || !is_epoch(text.substr(0, dash))) return std::nullopt;
  position where{std::string{text.substr(0, dash)}, 0};
  const auto digits = text.substr(dash + 1);
  auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), where.number);
  if (wrong != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return where;
}

std::string to_text(const position& where) {
  if (where.epoch.empty()) return std::string{everything};
  return where.epoch + '-' + std::to_string(where.number);
}

}  // namespace puff::pubsub
