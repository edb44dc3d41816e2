#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/request.hpp"
#include "schemas/response.hpp"
#include "services/http/path_params.hpp"

namespace puff::http {

struct websocket_message {
  bool text = true;  ///< and then `data` is UTF-8
  std::string data;
};

/// Sends to a WebSocket from any thread, and may outlive it.
class websocket_sender {
 public:
  virtual ~websocket_sender() = default;
  /// False if it is closed, or so much is unsent that this one is not taken: whoever sends to many
  /// waits for nobody. What is taken leaves in order.
  virtual bool try_send(websocket_message message) = 0;
  virtual void close(std::uint16_t code, std::string reason) = 0;
  virtual bool open() const noexcept = 0;
};

/// One WebSocket, as its coroutine handler sees it; belongs to the io thread.
///
/// The handler either calls `accept` and then talks, or refuses: by `refuse`, or by returning,
/// which is 403. When it returns after `accept` the socket is closed with 1000, or 1011 if it
/// throws.
class websocket {
 public:
  virtual ~websocket() = default;

  /// Of which Origin and cookies are for the handler to judge.
  virtual const puff::request& request() const noexcept = 0;
  virtual const path_params& params() const noexcept = 0;
  /// What the client offers in Sec-WebSocket-Protocol, in its order.
  virtual const std::vector<std::string>& subprotocols() const noexcept = 0;

  /// `subprotocol` is one of the client's, or empty.
  virtual void accept(std::string subprotocol = {}, header_block headers = {}) = 0;
  virtual void refuse(response whole) = 0;

  /// The next message; nothing when it is closed (see `close_code`). Messages that came before the
  /// close are told first.
  virtual boost::asio::awaitable<std::optional<websocket_message>> receive() = 0;
  /// Returns once the client has taken enough for more to be made. Does nothing when it is closed.
  virtual boost::asio::awaitable<void> send(websocket_message message) = 0;
  /// `code` is one that may be sent; the reason is cut to 123 bytes.
  virtual void close(std::uint16_t code = 1000, std::string reason = {}) = 0;

  virtual bool open() const noexcept = 0;
  /// Why it was closed: the client's code, 1005 if it gave none, 1006 if the connection broke.
  virtual std::uint16_t close_code() const noexcept = 0;
  virtual const std::string& close_reason() const noexcept = 0;

  virtual std::shared_ptr<websocket_sender> sender() = 0;
};

/// A coroutine on the io thread. The socket lives until it ends.
using websocket_handler = std::function<boost::asio::awaitable<void>(websocket&)>;

/// The subprotocols that a request offers, in order.
std::vector<std::string> offered_subprotocols(const request& head);

}  // namespace puff::http
