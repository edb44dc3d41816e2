#include "services/tasks/retry_policy.hpp"

#include <algorithm>
#include <cmath>

namespace puff::tasks {

std::chrono::milliseconds pause_after(std::uint32_t failed, const retries& how,
                                      const std::function<double()>& random) {
  const auto doublings = static_cast<int>(std::min(failed, 41u)) - 1;
  const double whole =
      std::min(std::ldexp(static_cast<double>(how.first.count()), std::max(doublings, 0)),
               static_cast<double>(how.last.count()));
  return std::chrono::milliseconds{std::llround(whole * (1 - random() / 2))};
}

}  // namespace puff::tasks
