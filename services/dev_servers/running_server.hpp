#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>

#include "schemas/error.hpp"

namespace puff::dev {

/// A private server of this project, for development. It listens on a unix socket only, keeps its
/// data between runs, and ends with this program, even if the program is killed. Thread-safe.
class running_server {
 public:
  virtual ~running_server() = default;  ///< stops it

  /// What a pool connects to: "unix:///project/.puff/redis-default/redis.sock".
  virtual const std::string& url() const = 0;
  /// Of the server; 0 once it ended, or if another program runs it.
  virtual pid_t pid() const = 0;
  /// Whether another program runs it; then `stop` leaves it alone.
  virtual bool is_reused() const = 0;
  /// Asks it to end, and kills it after the grace time (`timed_out`). Calling it again does
  /// nothing.
  virtual expected<void> stop() = 0;
};

/// What to do about a server that another program has started for the same project and name.
enum class on_live : std::uint8_t { reuse, refuse };

}  // namespace puff::dev
