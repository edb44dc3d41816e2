#pragma once

#include <functional>
#include <map>
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

  /// The paths of a GraphQL schema that the node has (`runtime_config::add_gql_schema`, or
  /// puff.toml, whose paths win): its operations, its subscriptions, a page to try them on.
  struct schema_paths {
    std::string url, subscriptions_url, playground_url;
  };
  router& graphql(std::string path, const std::string& schema = "default") {
    return schemas_[schema].url = std::move(path), *this;
  }
  router& graphql_subscriptions(std::string path, const std::string& schema = "default") {
    return schemas_[schema].subscriptions_url = std::move(path), *this;
  }
  router& playground(std::string path, const std::string& schema = "default") {
    return schemas_[schema].playground_url = std::move(path), *this;
  }
  const std::map<std::string, schema_paths>& schemas() const noexcept { return schemas_; }

  bool empty() const noexcept { return routes_.empty() && sockets_.empty() && schemas_.empty(); }

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
  std::map<std::string, schema_paths> schemas_;
};

}  // namespace puff
