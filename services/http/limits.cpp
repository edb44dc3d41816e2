#include "services/http/limits.hpp"

#include <string>

namespace puff::http {

error limits::validate() const {
  auto wrong = [](std::string what) {
    return make_error(ec::bad_config, "HTTP limits: " + std::move(what));
  };
  using std::chrono::milliseconds;
  if (max_head_bytes < 1024 || max_head_bytes > (1u << 20))
    return wrong("max_head_bytes must lie between 1 KiB and 1 MiB");
  if (max_target_bytes == 0 || max_target_bytes > max_head_bytes)
    return wrong("max_target_bytes must lie between 1 and max_head_bytes");
  if (max_fields == 0) return wrong("max_fields must be at least 1");
  if (max_plain_body_bytes > max_body_bytes)
    return wrong("max_plain_body_bytes must not exceed max_body_bytes");
  for (auto t : {head_timeout, body_idle_timeout, keep_alive_timeout, write_idle_timeout,
                 linger_timeout, farewell_timeout})
    if (t <= milliseconds::zero()) return wrong("every timeout must be longer than zero");
  if (request_window == 0 || response_window == 0) return wrong("a window must not be empty");
  if (max_connections == 0 || max_in_flight == 0)
    return wrong("max_connections and max_in_flight must be at least 1");
  if (websocket.max_message_bytes == 0) return wrong("max_message_bytes must be at least 1");
  if (websocket.ping_interval < milliseconds::zero() ||
      websocket.pong_timeout <= milliseconds::zero() ||
      websocket.close_timeout <= milliseconds::zero())
    return wrong("every timeout of WebSockets must be longer than zero");
  return {};
}

}  // namespace puff::http
