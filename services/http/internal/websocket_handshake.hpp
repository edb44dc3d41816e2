#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schemas/request.hpp"
#include "services/http/internal/message_deflate.hpp"
#include "services/http/websocket_limits.hpp"

namespace puff::http::internal {

/// What both sides have agreed on for permessage-deflate.
struct deflate_agreement {
  int server_window_bits = 15;
  deflate_context server = deflate_context::forget, client = deflate_context::forget;
  std::string answer;  ///< the value of Sec-WebSocket-Extensions
};

/// Whether a request asks for a WebSocket, rightly or not.
bool asks_for_websocket(const request& head) noexcept;

/// What the server needs to say yes to such a request.
struct websocket_wish {
  std::string accept_key;
  std::optional<deflate_agreement> deflate;
};

struct websocket_refusal {
  std::uint16_t status = 0;  ///< 0: none
  std::string_view reason;
};

/// Reads what a request asks for (RFC 6455 section 4.2.1, RFC 7692 section 7). The refusal is 426
/// for another version than 13, 400 for a missing or malformed key.
websocket_refusal read_websocket_wish(const request& head, const websocket_limits& bounds,
                                      websocket_wish& into);

}  // namespace puff::http::internal
