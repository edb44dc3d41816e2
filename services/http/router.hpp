#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "schemas/error.hpp"
#include "schemas/request.hpp"
#include "schemas/response.hpp"
#include "services/http/exchange.hpp"
#include "services/http/path_params.hpp"
#include "services/http/websocket.hpp"

namespace puff::http {

/// Answers at once, on the io thread, without a hop; must not wait. The body is complete.
using plain_handler = std::function<response(const request&, const path_params&)>;
/// A coroutine on the io thread that may wait. The exchange lives until it ends.
using coroutine_handler = std::function<boost::asio::awaitable<void>(exchange&)>;

/// Says who answers a request. Native routes win over mounts; among routes a literal segment beats
/// "{name}", which beats "{name...}"; the longest mount prefix wins, on a segment boundary. HEAD
/// falls back to GET; OPTIONS and a method that a path does not have are answered with Allow.
///
/// Filled at start, then shared unchanged by all io threads.
class router {
 public:
  using handler = std::variant<plain_handler, coroutine_handler, websocket_handler>;

  router();
  ~router();
  router(router&&) noexcept;
  router& operator=(router&&) noexcept;

  /// `pattern` is "/literal/{param}/{rest...}"; a method "*" takes every other one. Errors
  /// (`bad_argument`): a malformed pattern, a method that is no token, a route that exists.
  error add(std::string_view method, std::string_view pattern, plain_handler what);
  error add(std::string_view method, std::string_view pattern, coroutine_handler what);

  /// Requests for a WebSocket; GET may have a handler of its own beside it.
  error add_websocket(std::string_view pattern, websocket_handler what);

  enum class sockets : std::uint8_t {
    refused,
    served,
    only,  ///< and nothing else: any other request is told to upgrade
  };
  /// Gives everything at or below `prefix` ("" or "/": everything) to application `number`. One
  /// that serves no WebSockets gets requests for them as any other GET.
  error mount(std::string_view prefix, std::uint32_t number, sockets websockets = sockets::refused);

  /// Gives exactly `path`, whatever the method, to application `number`: before any mount.
  error assign(std::string_view path, std::uint32_t number, sockets websockets = sockets::refused);

  struct not_found {};
  struct not_allowed {
    std::string allow;  ///< for the Allow field
  };
  struct options {
    std::string allow;
  };
  struct native {
    const handler* what = nullptr;  ///< lives as long as the router
    path_params params;
  };
  struct mounted {
    std::uint32_t number = 0;
    sockets websockets = sockets::refused;
  };
  struct needs_upgrade {};  ///< there is a WebSocket and nothing else
  using match_result =
      std::variant<not_found, not_allowed, options, native, mounted, needs_upgrade>;

  /// `path` is the target without its query, as sent; segments are decoded for parameters.
  match_result match(std::string_view method, std::string_view path) const;
  /// The same for a request that asks for a WebSocket; what serves none is matched as GET.
  match_result match_websocket(std::string_view path) const;

 private:
  struct node;
  error add_handler(std::string_view method, std::string_view pattern, handler what);

  std::unique_ptr<node> root_;
  std::vector<std::pair<std::string, mounted>> mounts_;  // longest prefix first
  std::map<std::string, mounted, std::less<>> assigned_;
};

}  // namespace puff::http
