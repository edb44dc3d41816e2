#pragma once

#include <atomic>
#include <deque>
#include <exception>
#include <memory>

#include "services/http/router.hpp"
#include "services/http/session.hpp"
#include "services/http/websocket.hpp"

namespace puff::http::internal {

/// The WebSocket of one coroutine handler, shared by the coroutine, its session and senders: any
/// may end first.
class native_websocket final : public websocket,
                               public std::enable_shared_from_this<native_websocket> {
 public:
  native_websocket(session_ref where, std::shared_ptr<const router> routes,
                   std::unique_ptr<puff::request> head, path_params params);

  void run(const websocket_handler& handler);

  // For the session.
  void deliver(websocket_message message, std::uint64_t cost);
  void drained(std::uint64_t bytes);
  void closed(std::uint16_t code, std::string reason);
  /// The session needs it no more.
  void end();

  const puff::request& request() const noexcept override { return *request_; }
  const path_params& params() const noexcept override { return params_; }
  const std::vector<std::string>& subprotocols() const noexcept override { return offered_; }
  void accept(std::string subprotocol, header_block headers) override;
  void refuse(response whole) override;
  boost::asio::awaitable<std::optional<websocket_message>> receive() override;
  boost::asio::awaitable<void> send(websocket_message message) override;
  void close(std::uint16_t code, std::string reason) override;
  bool open() const noexcept override { return session_ && accepted_ && !closed_; }
  std::uint16_t close_code() const noexcept override { return close_code_; }
  const std::string& close_reason() const noexcept override { return close_reason_; }
  std::shared_ptr<websocket_sender> sender() override;

 private:
  class remote;
  struct waiter {
    virtual ~waiter() = default;
    virtual void resume() = 0;
  };
  template <class Handler>
  struct waiter_of;
  struct received {
    websocket_message message;
    std::uint64_t cost;
  };

  static boost::asio::awaitable<void> invoke(const websocket_handler& handler,
                                             std::shared_ptr<native_websocket> self);
  boost::asio::awaitable<void> wait();
  void wake();
  void apply(response_part part);
  void apply_message(websocket_message message);
  void returned(std::exception_ptr failure);

  session_ref session_;  // until the session needs it no more
  std::weak_ptr<engine> engine_;
  boost::asio::io_context& io_;
  std::shared_ptr<const router> routes_;  // keeps the handler alive
  std::unique_ptr<puff::request> request_;
  path_params params_;
  std::vector<std::string> offered_;
  std::deque<received> messages_;  // bounded by the request window
  std::unique_ptr<waiter> waiter_;
  std::shared_ptr<remote> remote_;
  bool accepted_ = false, closed_ = false;
  std::uint16_t close_code_ = 1006;
  std::string close_reason_;
};

}  // namespace puff::http::internal
