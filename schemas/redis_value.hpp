#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace puff {

/// A reply of Redis (RESP2).
struct redis_value {
  struct nil {};
  struct status {
    std::string text;
  };
  struct failure {
    std::string text;  ///< the server's words, code first: "WRONGTYPE Operation ..."
  };
  using array = std::vector<redis_value>;
  std::variant<nil, std::int64_t, std::string, status, failure, array> data;
};

/// Commands in wire form (RESP arrays of bulk strings, one after the other) and how many they are:
/// encoded once by whoever asks, copied once into the connection's buffer.
struct redis_commands {
  std::string wire;
  std::uint32_t count = 1;
  std::chrono::steady_clock::time_point deadline{};  ///< when the asker stops waiting
};

}  // namespace puff
