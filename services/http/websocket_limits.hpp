#pragma once

#include <chrono>
#include <cstddef>

namespace puff::http {

/// What a server grants each WebSocket. What an application has not taken, and a client has not
/// read, is bounded by `limits::request_window` and `response_window`.
struct websocket_limits {
  std::size_t max_message_bytes = 1u << 20;  ///< of one message, unpacked -> close code 1009
  /// Silence after which the client is asked for a pong; 0 never asks.
  std::chrono::milliseconds ping_interval{20'000};
  std::chrono::milliseconds pong_timeout{20'000};  ///< then it must have said something
  std::chrono::milliseconds close_timeout{5'000};  ///< for the client to answer a close
  bool compression = true;                         ///< permessage-deflate, if the client offers it
  std::size_t compression_min_bytes = 512;         ///< smaller messages go as they are
  /// Each connection keeps what it has compressed before: smaller messages for 300 KB of memory a
  /// connection. Otherwise all connections of a thread share one compressor.
  bool compression_context = false;
};

}  // namespace puff::http
