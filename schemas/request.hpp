#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "schemas/header_block.hpp"

namespace puff {

/// Names one request of one listener until its answer is complete. `slot` is the connection, `turn`
/// counts the requests of that slot, so a late message for an ended request matches nothing.
struct exchange_id {
  std::uint32_t slot = 0;
  std::uint32_t turn = 0;
  friend bool operator==(const exchange_id&, const exchange_id&) = default;
};

/// The two ends of a connection, shared by all its requests. A unix socket has empty addresses and
/// ports 0.
struct peer_info {
  std::string client_address;
  std::uint16_t client_port = 0;
  std::string server_address;
  std::uint16_t server_port = 0;
  std::string unix_path;
  bool secure = false;
};

/// The head of an HTTP request and as much of its body as came with it. `target` is as sent.
struct request {
  std::string method;
  std::string target;
  std::uint8_t minor_version = 1;  ///< HTTP/1.x; later protocols set their own field
  header_block headers;
  std::optional<std::uint64_t> content_length;
  std::string body;           ///< first piece
  bool body_complete = true;  ///< false: more arrives as `request_event`s
  std::shared_ptr<const peer_info> peer;
  bool websocket = false;  ///< asks for a WebSocket: to be accepted, or answered as any other

  std::string_view path() const noexcept {
    return std::string_view{target}.substr(0, target.find('?'));
  }
  std::string_view query() const noexcept {
    auto at = target.find('?');
    return at == std::string::npos ? std::string_view{} : std::string_view{target}.substr(at + 1);
  }
};

/// What a listener tells an application about one exchange. The events of an exchange keep order.
struct request_event {
  enum class kind : std::uint8_t {
    begin,    ///< `head` is set; `mount` says which application
    body,     ///< `data` is the next piece
    end,      ///< the body is complete (never sent when `head->body_complete`)
    drained,  ///< the client took `credit` bytes of the answer
    aborted,  ///< the client is gone or broke the protocol; answers are dropped from now on
    message,  ///< of a WebSocket: `data`, and `code` says of which kind (1 text, 2 binary); it
              ///< takes `credit` of the window until that is consumed
    closed,   ///< a WebSocket has ended with `code`, for the reason in `data`; nothing follows
  };
  kind what = kind::begin;
  std::uint16_t code = 0;
  exchange_id id;
  std::uint32_t mount = 0;
  std::uint64_t credit = 0;
  std::unique_ptr<request> head;
  std::string data;
};

/// All events of one wake-up of one listener: the unit in which requests cross threads.
using request_events = std::vector<request_event>;

}  // namespace puff
