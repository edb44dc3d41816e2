#pragma once

#include <chrono>
#include <cstdint>

#include "schemas/error.hpp"
#include "services/http/websocket_limits.hpp"

namespace puff::http {

/// What one server grants its clients and its application. Every wait and every buffer of the
/// engine is bounded by one of these; the number after a comment's arrow is the status that answers
/// whoever exceeds it.
struct limits {
  std::size_t max_head_bytes = 32 * 1024;    ///< request line and fields -> 431
  std::size_t max_target_bytes = 8 * 1024;   ///< of which the target -> 414
  std::size_t max_fields = 100;              ///< header fields, and again trailer fields -> 431
  std::uint64_t max_body_bytes = 64u << 20;  ///< -> 413
  /// Whole bodies that a plain handler may be given -> 413.
  std::uint64_t max_plain_body_bytes = 1u << 20;

  std::chrono::milliseconds head_timeout{10'000};        ///< from its first byte to its last -> 408
  std::chrono::milliseconds body_idle_timeout{30'000};   ///< between two pieces of a body -> 408
  std::chrono::milliseconds keep_alive_timeout{75'000};  ///< between requests; closes silently
  std::chrono::milliseconds write_idle_timeout{30'000};  ///< a client that reads nothing is cut
  std::chrono::milliseconds linger_timeout{2'000};  ///< for a refused client to read its answer
  /// How long an idle connection may still bring a request that was on its way when the server
  /// began to drain; its answer says "Connection: close".
  std::chrono::milliseconds farewell_timeout{500};

  std::size_t request_window = 256 * 1024;   ///< body bytes the application has not consumed yet
  std::size_t response_window = 256 * 1024;  ///< answer bytes the client has not taken yet

  std::uint32_t max_connections = 20'000;  ///< above, new ones wait in the kernel's queue
  std::uint32_t max_in_flight = 4'096;     ///< requests under way -> 503 with Retry-After

  websocket_limits websocket;

  /// No error if the values make sense together; otherwise one that names the value.
  error validate() const;
};

}  // namespace puff::http
