#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <string>

#include "actors/node.hpp"
#include "cli/service/health.hpp"
#include "services/http/server.hpp"

namespace puff::cli {

/// The node's private unix socket: a small HTTP server on loop 0 for whoever runs the node.
///
///     /status       the tree of actors as JSON
///     /status.txt   the same for people
///     /stacks       what every thread and greenlet does, as text
///     /ready        200 if the node may get work, else 503; the text says why
///     /live         200 unless the process should be replaced
///     /drain        POST: the node is not ready any more and claims no tasks; it serves on
class status_server final : private http::application_port {
 public:
  /// What it tells beside the node's own tree.
  struct sources {
    const health& condition;
    std::function<std::string()> stacks;  ///< runs on `askers`, like everything that waits
    std::function<void()> drain;          ///< must not wait
  };
  /// The directory is made if need be.
  static expected<std::unique_ptr<status_server>> open(node& over, boost::asio::thread_pool& askers,
                                                       sources what);
  /// Removes the socket. Not on a loop's thread.
  ~status_server();

 private:
  using text_source = std::function<std::string()>;

  status_server(node& over, boost::asio::thread_pool& askers) : node_(over), askers_(askers) {}
  http::coroutine_handler answering(std::string type, text_source make);
  std::shared_ptr<const http::router> routes(sources what);
  void serve(request_events) override {}  // every path that exists is native

  node& node_;
  boost::asio::thread_pool& askers_;
  std::unique_ptr<http::server> server_;  // lives on loop 0
};

}  // namespace puff::cli
