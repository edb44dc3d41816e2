#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace puff::pubsub {

/// Where a kept message stands in its channel's history. Numbers of one epoch follow each other
/// without a hole; a history that begins anew, because the server lost it, has another epoch.
struct position {
  std::string epoch;  ///< empty: before everything that is kept
  std::uint64_t number = 0;
  friend bool operator==(const position&, const position&) = default;
};

/// The text of the position before everything that is kept.
constexpr std::string_view everything = "0";

/// "EPOCH-NUMBER", or `everything`; nothing if it is neither.
std::optional<position> parse_position(std::string_view text);
std::string to_text(const position& where);

/// Whether a message that stands `at` is one of those up to `last`.
inline bool is_within(const position& at, const position& last) {
  return at.epoch == last.epoch && at.number <= last.number;
}

}  // namespace puff::pubsub
