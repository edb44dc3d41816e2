#pragma once

#include <span>

#include "services/redis/script.hpp"

namespace puff::federation {

/// Those of `scripts/`.
std::span<const redis::script> all_scripts() noexcept;

}  // namespace puff::federation
