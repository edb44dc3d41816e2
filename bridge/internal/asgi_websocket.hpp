#pragma once

#include <deque>
#include <string>

#include "bridge/internal/asgi_exchange.hpp"

namespace puff::bridge::internal {

/// One WebSocket in an ASGI application, in terms of ASGI's messages, with the extension
/// websocket.http.response.
class asgi_websocket final : public asgi_exchange {
 public:
  using asgi_exchange::asgi_exchange;

  PyObject* next_message() override;
  bool take_message(PyObject* message) override;
  void returned() override;

 private:
  enum class state : std::uint8_t { connecting, open, closed };
  struct received {
    bool text;
    std::string data;
    std::uint64_t credit;
  };

  void on_socket(request_event& event) override;
  bool accept(PyObject* message);
  bool send(PyObject* message);
  bool close(PyObject* message);
  void send_close(std::uint16_t code, std::string reason);

  state state_ = state::connecting;  // as the application has it
  bool connect_told_ = false;
  std::deque<received> messages_;  // bounded by the listener's window
  std::uint16_t code_ = 1006;
  std::string reason_;
};

}  // namespace puff::bridge::internal
