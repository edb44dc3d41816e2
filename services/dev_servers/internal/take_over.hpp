#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "services/dev_servers/internal/directory_lock.hpp"
#include "services/dev_servers/running_server.hpp"

namespace puff::dev::internal {

/// Waits for the lock `file`, or for a living server of whoever has it (then: nothing).
/// `answers` asks that server; `product` names it in messages. `timed_out` names the owner.
expected<std::optional<directory_lock>> take_over(const std::string& file,
                                                  const std::string& product,
                                                  const std::function<bool()>& answers,
                                                  std::chrono::steady_clock::time_point deadline);

/// What to tell somebody who does not want a server that runs already.
error refuse_live(const std::string& product, const std::string& directory,
                  const std::string& lock_file);

/// Whether a pool may have this name.
bool is_pool_name(const std::string& name);

}  // namespace puff::dev::internal
