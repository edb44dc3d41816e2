#pragma once

#include <span>
#include <string_view>

namespace puff::tasks {

/// A Lua script of `scripts/`, with what all of them share before it.
struct script {
  std::string_view name;
  std::string_view digest;  ///< SHA-1 in hexadecimal, as EVALSHA wants it
  std::string_view text;
};

std::span<const script> all_scripts() noexcept;

/// Null if there is none of that name.
const script* script_named(std::string_view name) noexcept;

}  // namespace puff::tasks
