#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/error.hpp"
#include "schemas/redis_value.hpp"
#include "services/redis/client.hpp"

namespace puff::pubsub::internal {

/// Runs a Lua script on the server, in line with everything else that is sent there: by EVAL, since
/// one that the server has to be sent again would be overtaken by what was sent meanwhile. What the
/// script raises is `server_error`.
void run_script(redis::client& server, std::string_view text, std::span<const std::string> keys,
                const std::vector<std::string>& arguments,
                redis::client::clock::time_point deadline,
                std::function<void(expected<redis_value>)> done);

}  // namespace puff::pubsub::internal
