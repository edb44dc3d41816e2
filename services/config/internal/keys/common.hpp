#pragma once

#include <array>

#include "services/config/internal/access.hpp"
#include "services/config/internal/checks.hpp"
#include "services/config/schema.hpp"

/// What several tables of the configuration share.
namespace puff::config::internal {

inline constexpr std::array<std::string_view, 3> cors_bases{"Default", "Permissive",
                                                            "VeryPermissive"};
inline constexpr std::array<std::string_view, 2> log_formats{"text", "json"};
inline constexpr std::array<std::string_view, 2> state_stores{"redis", "postgres"};

template <>
constexpr std::span<const std::string_view> choices_of<cors_base>() {
  return cors_bases;
}
template <>
constexpr std::span<const std::string_view> choices_of<state_store>() {
  return state_stores;
}
template <>
constexpr std::span<const std::string_view> choices_of<log_format>() {
  return log_formats;
}

inline constexpr std::int64_t day_ms = 86400000;

inline constexpr std::string_view default_redis = "redis://localhost:6379";

inline constexpr std::string_view default_postgres =
    "postgres://postgres:password@localhost:5432/postgres";

constexpr key enable_key(const binding* bound) {
  return {.name = "enable", .bound = bound, .doc = "false: as if this table were not there."};
}

constexpr key name_key(const binding* bound) {
  return {.name = "name",
          .bound = bound,
          .doc = "Its name; \"default\" is what global objects use.",
          .check = pool_name};
}

using check_function = std::string (*)(std::string_view);

constexpr key url_key(std::string_view fallback, std::string_view environment,
                      std::string_view option, check_function check) {
  return {.name = "url",
          .bound = &bound<&pool_setting::url>,
          .doc = "The server.",
          .environment = environment,
          .option = option,
          .check = check,
          .secret = true,
          .fallback = fallback};
}

inline constexpr key pool_size_key{.name = "pool_size",
                                   .bound = &bound<&pool_setting::pool_size>,
                                   .doc = "Connections at most.",
                                   .low = 1,
                                   .high = 10000};

}  // namespace puff::config::internal
