#pragma once

#include <span>
#include <string_view>

#include "services/redis/script.hpp"

namespace puff::tasks {

using redis::script;

/// Those of `scripts/`.
std::span<const script> all_scripts() noexcept;

/// Null if there is none of that name.
const script* script_named(std::string_view name) noexcept;

}  // namespace puff::tasks
