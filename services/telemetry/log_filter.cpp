#include "services/telemetry/log_filter.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace puff::log {
namespace {

constexpr std::array<std::string_view, 6> names{"trace",   "debug", "info",
                                                "warning", "error", "off"};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::optional<level> level_named(std::string_view text) {
  std::string lower;
  for (char c : text) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (lower == "warn") return level::warning;
  auto found = std::find(names.begin(), names.end(), lower);
  if (found == names.end()) return std::nullopt;
  return static_cast<level>(found - names.begin());
}

bool covers(std::string_view name, std::string_view module) {
  return module.starts_with(name) && (module.size() == name.size() || module[name.size()] == '.');
}

error wrong_part(std::string_view part) {
  return make_error(ec::bad_argument,
                    "'" + std::string{part} +
                        "' is not a log level; write trace, debug, info, warning, error or off, or "
                        "MODULE=LEVEL, separated by commas");
}

}  // namespace

std::string_view name_of(level l) noexcept { return names[static_cast<std::size_t>(l)]; }

expected<filter> filter::parse(std::string_view text) {
  filter result;
  while (true) {
    auto comma = text.find(',');
    auto part = trimmed(text.substr(0, comma));
    auto equals = part.find('=');
    auto named = equals == std::string_view::npos ? part : trimmed(part.substr(equals + 1));
    auto found = level_named(named);
    auto module = equals == std::string_view::npos ? "" : trimmed(part.substr(0, equals));
    if (!found || (equals != std::string_view::npos && module.empty())) return wrong_part(part);
    if (equals == std::string_view::npos)
      result.base_ = *found;
    else
      result.modules_.emplace_back(module, *found);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  std::reverse(result.modules_.begin(), result.modules_.end());  // the last word on a module wins
  std::stable_sort(result.modules_.begin(), result.modules_.end(),
                   [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  result.lowest_ = result.base_;
  for (const auto& [name, l] : result.modules_) result.lowest_ = std::min(result.lowest_, l);
  return result;
}

level filter::of(std::string_view module) const noexcept {
  for (const auto& [name, l] : modules_)
    if (covers(name, module)) return l;
  return base_;
}

}  // namespace puff::log
