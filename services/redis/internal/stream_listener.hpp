#pragma once

#include "schemas/error.hpp"
#include "schemas/redis_value.hpp"

namespace puff::redis::internal {

/// What a stream tells. Each call may detach the stream and let go of it.
class stream_listener {
 public:
  virtual void on_open() = 0;
  virtual void on_reply(redis_value reply) = 0;
  /// The turn of the loop in which a flush was asked for is over, or a slow write has ended.
  virtual void on_ready_to_write() = 0;
  /// Ends the stream: no more calls follow. `unavailable` before `on_open`, then `connection_lost`
  /// (socket) or `bad_request` (the peer does not speak the protocol).
  virtual void on_failed(error why) = 0;

 protected:
  ~stream_listener() = default;
};

}  // namespace puff::redis::internal
