#include "cli/status_server.hpp"

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>

#include "actors/core/outside_ask.hpp"
#include "cli/runtime_directory.hpp"
#include "services/telemetry/log.hpp"

namespace puff::cli {
namespace {

namespace asio = boost::asio;

/// Runs `work` on the thread of a loop and waits for its end.
template <class F>
void run_on(asio_loop& loop, F work) {
  auto ended = std::make_shared<std::promise<void>>();
  loop.post([ended, &work] {
    work();
    ended->set_value();
  });
  ended->get_future().wait();
}

asio::awaitable<std::string> made_on(asio::thread_pool& askers,
                                     const std::function<std::string()>& make) {
  co_return co_await asio::co_spawn(
      askers, [&make]() -> asio::awaitable<std::string> { co_return make(); }, asio::use_awaitable);
}

cluster_report cluster_of(node& over) {
  auto told = ask_and_wait<cluster_report_parcel>(over.loop(), over.federation(),
                                                  std::chrono::seconds{1}, describe_atom::value);
  if (told) return told->take();
  return {"  " + describe(told.error()) + "\n", "null"};
}

}  // namespace

expected<std::unique_ptr<status_server>> status_server::open(node& over, asio::thread_pool& askers,
                                                             sources what) {
  auto directory = runtime_directory();
  if (auto failed = make_runtime_directory(directory)) return failed;
  auto socket = socket_of(directory, over.name(), ::getpid());
  auto address = http::parse_bind_address("unix:" + socket.path.string());
  if (!address) return std::move(address.error());
  std::unique_ptr<status_server> made{new status_server{over, askers}};
  error failed;
  run_on(over.loop(), [&] {
    auto listener = http::open_listener(over.loop().io(), *address);
    if (!listener) {
      failed = listener.error();
      return;
    }
    http::server_options options;
    options.router = made->routes(std::move(what));
    options.error_log = [](std::string_view text) { log::warning("status", "{}", text); };
    made->server_ = std::make_unique<http::server>(over.loop().io(), over.loop().deadlines(),
                                                   std::move(options),
                                                   static_cast<http::application_port&>(*made));
    made->server_->listen(std::move(*listener));
  });
  if (failed) return failed;
  return made;
}

status_server::~status_server() {
  run_on(node_.loop(), [this] { server_.reset(); });
}

http::coroutine_handler status_server::answering(std::string type, text_source make) {
  return [this, type = std::move(type),
          make = std::move(make)](http::exchange& x) -> asio::awaitable<void> {
    response whole;
    whole.head.headers.add("Content-Type", type);
    whole.body = co_await made_on(askers_, make);
    x.respond(std::move(whole));
  };
}

std::shared_ptr<const http::router> status_server::routes(sources what) {
  constexpr auto plain = "text/plain; charset=utf-8";
  auto routes = std::make_shared<http::router>();
  auto add = [&](const char* path, const char* type, text_source make) {
    if (auto wrong = routes->add("GET", path, answering(type, std::move(make))))
      log::error("status", "{}: {}", path, describe(wrong));
  };
  add("/status", "application/json", [this] { return to_json(node_.status()); });
  add("/status.txt", plain, [this] { return to_text(node_.status()); });
  add("/stacks", plain, std::move(what.stacks));
  add("/cluster", "application/json", [this] { return cluster_of(node_).json; });
  add("/cluster.txt", plain, [this] { return cluster_of(node_).text; });
  auto wrong = add_probes(*routes, what.condition, "/ready", "/live");
  http::plain_handler drain = [tell = std::move(what.drain)](const request&,
                                                             const http::path_params&) {
    tell();
    return verdict({}, "draining");
  };
  if (!wrong) wrong = routes->add("POST", "/drain", std::move(drain));
  if (wrong) log::error("status", "{}", describe(wrong));
  return routes;
}

}  // namespace puff::cli
