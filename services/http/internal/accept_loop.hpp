#pragma once

#include <memory>

#include "services/http/bind_address.hpp"

namespace puff::http::internal {

class engine;

/// Takes connections from one listening socket, several per wake-up, while the engine has room.
class accept_loop : public std::enable_shared_from_this<accept_loop> {
 public:
  accept_loop(engine& host, acceptor where);

  /// Waits for connections unless it does so already.
  void resume();
  /// Takes what has connected by now, at once.
  void accept_waiting();
  /// For good; the engine is not touched afterwards.
  void close() noexcept;

 private:
  void accept_some();
  bool accept_one();

  engine* host_;
  acceptor where_;
  bool waiting_ = false, retry_pending_ = false;  // the latter: out of descriptors
};

}  // namespace puff::http::internal
