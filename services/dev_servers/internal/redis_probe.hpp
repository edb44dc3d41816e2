#pragma once

#include <chrono>
#include <string>

namespace puff::dev::internal {

enum class probe_answer : std::uint8_t { nobody, loading, ready };

/// Connects to the unix socket `path` and asks for a PONG, within `time` for each step.
probe_answer probe_redis(const std::string& path, std::chrono::milliseconds time);

}  // namespace puff::dev::internal
