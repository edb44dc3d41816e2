#include "cli/router.hpp"

namespace puff {

router& router::on(std::string method, std::string pattern, handler what) {
  routes_.push_back({std::move(method), std::move(pattern), std::move(what)});
  return *this;
}

router& router::websocket(std::string pattern, websocket_handler what) {
  sockets_.push_back({std::move(pattern), std::move(what)});
  return *this;
}

expected<http::router> router::build(const native_context& context) const {
  http::router built;
  for (const auto& [method, pattern, what] : routes_) {
    error wrong;
    if (auto* plain = std::get_if<plain_handler>(&what))
      wrong = built.add(method, pattern, *plain);
    else
      wrong =
          built.add(method, pattern,
                    http::coroutine_handler{[run = std::get<waiting_handler>(what), context](
                                                http::exchange& x) { return run(x, context); }});
    if (wrong) return wrong;
  }
  for (const auto& [pattern, what] : sockets_) {
    http::websocket_handler serve = [run = what, context](http::websocket& socket) {
      return run(socket, context);
    };
    if (auto wrong = built.add_websocket(pattern, std::move(serve))) return wrong;
  }
  return built;
}

}  // namespace puff
