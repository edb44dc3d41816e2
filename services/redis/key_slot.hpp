#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace puff::redis {

/// Redis Cluster spreads keys over so many slots, and slots over servers.
inline constexpr std::uint16_t slots = 16'384;

/// The slot of a key: the CRC16 (XMODEM) of what stands in its first braces, or of all of it.
std::uint16_t slot_of(std::string_view key) noexcept;

/// The first key that a command names, which decides where it runs; none if it names none and runs
/// anywhere. `parts` is the command, name first; the first sixteen are enough.
std::optional<std::string_view> first_key(std::span<const std::string_view> parts) noexcept;

}  // namespace puff::redis
