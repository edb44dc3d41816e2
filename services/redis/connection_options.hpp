#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "services/redis/url.hpp"

namespace puff::redis {

enum class connection_state : std::uint8_t {
  idle,        ///< not started
  connecting,  ///< an attempt is under way, up to and including the handshake
  ready,
  retrying,  ///< the last attempt or connection failed; the next attempt is timed
  closed,
};
std::string_view to_string(connection_state state) noexcept;

struct connection_options {
  redis::url url;
  std::chrono::milliseconds connect_timeout{5'000};  ///< resolve, connect and handshake together
  std::uint32_t max_pending = 65'536;                ///< commands without a reply
  std::size_t max_pending_bytes = std::size_t{256} << 20;  ///< of commands not yet written
  std::size_t max_reply_bytes = std::size_t{1} << 30;      ///< of one reply
  std::chrono::milliseconds first_backoff{20};
  std::chrono::milliseconds last_backoff{2'000};
  std::string client_name = "puff";  ///< as CLIENT LIST shows it; the URL's comes first
};

}  // namespace puff::redis
