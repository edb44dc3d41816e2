// A plain handler behind the HTTP engine on one thread: the floor of what a request costs.
#include <cstdlib>
#include <iostream>

#include "services/http/server.hpp"

namespace {

/// Every request has a native route, so this is never asked.
struct no_application final : puff::http::application_port {
  void serve(puff::request_events) override { std::abort(); }
};

puff::http::plain_handler text(std::string body) {
  return [body = std::move(body)](const puff::request&, const puff::http::path_params&) {
    puff::response r;
    r.head.headers.add("Content-Type", "text/plain");
    r.body = body;
    return r;
  };
}

puff::response echo(const puff::request& request, const puff::http::path_params&) {
  puff::response r;
  r.body = request.body;
  return r;
}

boost::asio::awaitable<void> echo_socket(puff::http::websocket& socket) {
  socket.accept();
  for (;;) {
    auto message = co_await socket.receive();
    if (!message) co_return;
    co_await socket.send(std::move(*message));
  }
}

/// Sends to everybody what anybody says.
struct everybody {
  std::vector<std::shared_ptr<puff::http::websocket_sender>> all;

  boost::asio::awaitable<void> serve(puff::http::websocket& socket) {
    socket.accept();
    auto me = socket.sender();
    all.push_back(me);
    for (;;) {
      auto message = co_await socket.receive();
      if (!message) break;
      for (const auto& each : all) each->try_send(*message);
    }
    std::erase(all, me);
  }
};

}  // namespace

int main(int argc, char** argv) {
  boost::asio::io_context io{1};
  auto address = puff::http::parse_bind_address(argc > 1 ? argv[1] : "127.0.0.1:0");
  auto listener = address ? puff::http::open_listener(io, *address)
                          : puff::expected<puff::http::acceptor>{address.error()};
  if (!listener) {
    std::cerr << puff::describe(listener.error()) << '\n';
    return 1;
  }
  auto routes = std::make_shared<puff::http::router>();
  routes->add("GET", "/", text("Hello, World"));
  routes->add("GET", "/10k", text(std::string(10'240, 'x')));
  routes->add("POST", "/echo", puff::http::plain_handler{echo});
  everybody room;
  if (argc > 2 && std::string{argv[2]} == "broadcast")
    routes->add_websocket("/", [&](puff::http::websocket& s) { return room.serve(s); });
  else
    routes->add_websocket("/", echo_socket);
  puff::deadline_wheel wheel;
  no_application application;
  puff::http::server_options options;
  options.router = std::move(routes);
  puff::http::server server{io, wheel, std::move(options), application};
  std::cout << "listening on " << puff::http::to_string(listener->local) << std::endl;
  server.listen(std::move(*listener));
  io.run();
}
