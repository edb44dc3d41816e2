#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/native_context.hpp"
#include "services/http/router.hpp"

namespace puff {

/// Routes of a C++ program, collected before there is a node. Patterns are those of `http::router`:
/// "/literal/{param}/{rest...}".
class router {
 public:
  /// Answers at once on an io thread and must not wait.
  using plain_handler = http::plain_handler;
  /// A coroutine on an io thread: it may wait for the body, for the context's resources, and for
  /// the client to take its answer. What `http::exchange` says holds.
  using waiting_handler =
      std::function<boost::asio::awaitable<void>(http::exchange&, const native_context&)>;
  using handler = std::variant<plain_handler, waiting_handler>;
  /// The same for a WebSocket; what `http::websocket` says holds.
  using websocket_handler =
      std::function<boost::asio::awaitable<void>(http::websocket&, const native_context&)>;

  router& on(std::string method, std::string pattern, handler what);
  router& get(std::string pattern, handler what) { return on("GET", pattern, std::move(what)); }
  router& post(std::string pattern, handler what) { return on("POST", pattern, std::move(what)); }
  router& put(std::string pattern, handler what) { return on("PUT", pattern, std::move(what)); }
  router& patch(std::string pattern, handler what) { return on("PATCH", pattern, std::move(what)); }
  router& head(std::string pattern, handler what) { return on("HEAD", pattern, std::move(what)); }
  router& del(std::string pattern, handler what) { return on("DELETE", pattern, std::move(what)); }
  router& options(std::string pattern, handler what) {
    return on("OPTIONS", pattern, std::move(what));
  }
  router& trace(std::string pattern, handler what) { return on("TRACE", pattern, std::move(what)); }
  /// Requests for a WebSocket; the pattern may have a handler for GET besides.
  router& websocket(std::string pattern, websocket_handler what);
  /// Every method that the pattern has no other handler for.
  router& any(std::string pattern, handler what) { return on("*", pattern, std::move(what)); }

  bool empty() const noexcept { return routes_.empty() && sockets_.empty(); }

  /// The same as the engine's router, its coroutines with `context`. The first malformed or
  /// repeated route is the error.
  expected<http::router> build(const native_context& context) const;

 private:
  struct route {
    std::string method, pattern;
    handler what;
  };
  struct socket_route {
    std::string pattern;
    websocket_handler what;
  };
  std::vector<route> routes_;
  std::vector<socket_route> sockets_;
};

}  // namespace puff
