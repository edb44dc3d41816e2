#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "schemas/error.hpp"
#include "schemas/redis_value.hpp"

namespace puff::redis {

/// A Lua script that the server runs as one step. Lives as long as the program.
struct script {
  std::string_view name;
  std::string_view digest;  ///< SHA-1 in hexadecimal, as EVALSHA wants it
  std::string_view text;
};

/// Null if there is none of that name.
const script* find_script(std::span<const script> all, std::string_view name) noexcept;

/// What an engine needs of Redis: whoever owns connections implements it. Commands that wait in
/// the server must not hold up the others.
class command_port {
 public:
  using clock = std::chrono::steady_clock;
  using reply_callback = std::function<void(expected<std::vector<redis_value>>)>;

  virtual ~command_port() = default;
  /// As `client::send`: `done` is called once, perhaps at once.
  virtual void send(redis_commands commands, clock::time_point deadline, reply_callback done) = 0;
};

/// Calls a script with one key, and loads it if the server does not know it (any more). The error
/// is the port's, or `server_error` with the server's text. The port must outlive the call.
void call_script(command_port& port, const script& what, std::string_view key,
                 const std::vector<std::string_view>& arguments,
                 command_port::clock::time_point deadline,
                 std::function<void(expected<redis_value>)> done);

}  // namespace puff::redis
