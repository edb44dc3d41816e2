#pragma once

#include <chrono>
#include <optional>

#include "services/http/internal/websocket_protocol.hpp"
#include "services/timers/deadline_wheel.hpp"

namespace puff::http::internal {

/// What a session keeps of its WebSocket.
struct websocket_state {
  websocket_state(const websocket_limits& bounds, std::optional<deflate_agreement> deflate,
                  shared_deflate& shared)
      : protocol(bounds, std::move(deflate), shared) {}

  websocket_protocol protocol;
  std::optional<deadline_wheel::clock::time_point> pinged_at;  // and heard nothing since
  std::optional<deadline_wheel::clock::time_point> close_sent_at;
  bool told = false;  // whoever works on it knows that it is closed
};

/// What a message takes of the window besides its bytes: many empty ones are bounded too.
constexpr std::uint64_t message_cost = 64;

}  // namespace puff::http::internal
