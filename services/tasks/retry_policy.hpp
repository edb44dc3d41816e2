#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "services/tasks/record.hpp"

namespace puff::tasks {

/// The pause before attempt `failed + 1`, when `failed` attempts have failed: `first`, doubled for
/// each further one up to `last`, of which a random half is taken off, so that what failed together
/// does not come back together. `random` gives numbers from 0 to below 1.
std::chrono::milliseconds pause_after(std::uint32_t failed, const retries& how,
                                      const std::function<double()>& random);

}  // namespace puff::tasks
