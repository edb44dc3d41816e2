#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/error.hpp"

namespace puff::log {

enum class level : std::uint8_t { trace, debug, info, warning, error, off };

/// "trace", "debug", "info", "warning", "error", "off".
std::string_view name_of(level l) noexcept;

/// Which messages are written: one level for all modules and others for some. The most specific
/// name wins: "http" also covers "http.session", unless that is named itself.
class filter {
 public:
  filter() = default;

  /// Reads `LEVEL`, `MODULE=LEVEL` and lists of both, separated by commas ("info,http=debug").
  /// Levels in any case; "warn" is "warning". `bad_argument` names the wrong part.
  static expected<filter> parse(std::string_view text);

  level of(std::string_view module) const noexcept;
  bool passes(level l, std::string_view module) const noexcept {
    return l >= lowest_ && l != level::off && l >= of(module);
  }
  /// The lowest level that any module writes.
  level lowest() const noexcept { return lowest_; }

 private:
  level base_ = level::info;
  level lowest_ = level::info;
  std::vector<std::pair<std::string, level>> modules_;  // longest name first
};

}  // namespace puff::log
