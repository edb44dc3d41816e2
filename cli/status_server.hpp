#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <string>

#include "actors/node.hpp"
#include "services/http/server.hpp"

namespace puff::cli {

/// The node's private unix socket: a small HTTP server on loop 0 for whoever runs the node.
///
///     /status       the tree of actors as JSON
///     /status.txt   the same for people
///     /stacks       what every thread and greenlet does, as text
class status_server final : private http::application_port {
 public:
  /// `stacks` runs on `askers`, like everything that waits. The directory is made if need be.
  static expected<std::unique_ptr<status_server>> open(node& over, boost::asio::thread_pool& askers,
                                                       std::function<std::string()> stacks);
  /// Removes the socket. Not on a loop's thread.
  ~status_server();

 private:
  using text_source = std::function<std::string()>;

  status_server(node& over, boost::asio::thread_pool& askers) : node_(over), askers_(askers) {}
  http::coroutine_handler answering(std::string type, text_source make);
  std::shared_ptr<const http::router> routes(text_source stacks);
  void serve(request_events) override {}  // every path that exists is native

  node& node_;
  boost::asio::thread_pool& askers_;
  std::unique_ptr<http::server> server_;  // lives on loop 0
};

}  // namespace puff::cli
