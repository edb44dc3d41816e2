#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string_view>

#include "schemas/request.hpp"
#include "schemas/response.hpp"
#include "services/http/bind_address.hpp"
#include "services/http/cors.hpp"
#include "services/http/limits.hpp"
#include "services/http/router.hpp"
#include "services/timers/deadline_wheel.hpp"

namespace puff::http {

namespace internal {
class engine;
}

/// One line of an access log; the views are valid during the call.
struct access_record {
  std::string_view method, target, user_agent;  ///< empty if the request was refused before
  const peer_info* client = nullptr;
  std::uint16_t status = 0;
  std::uint64_t bytes = 0;  ///< of the answer's body
  /// From the end of the request's head to the last byte that the answer's maker gave.
  std::chrono::microseconds duration{};
};

struct server_options {
  http::limits limits;
  std::shared_ptr<const http::router> router;            ///< none: everything goes to mount 0
  std::shared_ptr<const cors_policy> cors;               ///< none: applications see to it
  std::function<void(const access_record&)> access_log;  ///< none: nothing is kept for it
  std::function<void(std::string_view)> error_log;       ///< faults of handlers and applications
};

/// Whoever serves the requests that no native route takes. Called on the server's thread once per
/// wake-up, with all events of it; may call `server::answer` at once.
class application_port {
 public:
  virtual ~application_port() = default;
  virtual void serve(request_events events) = 0;
};

struct server_stats {
  std::uint64_t connections = 0;  ///< open now
  std::uint64_t websockets = 0;   ///< open now
  std::uint64_t in_flight = 0;    ///< requests that an application or coroutine works on now
  std::uint64_t accepted = 0, requests = 0, aborted = 0;  ///< since the start
  std::uint64_t bytes_received = 0, bytes_sent = 0;
  std::map<std::uint16_t, std::uint64_t> errors;  ///< answers by status, 400 and above
};

/// The HTTP/1.1 server of one io thread: its listening sockets, its connections, their timers.
///
/// Requests of one connection are served one after the other; an application gets them as events
/// and answers in parts, with a window in each direction (see `limits`): it reports body bytes it
/// took by `response_part::consumed` and should stop while it has more than `response_window` bytes
/// of an unfinished answer not yet reported by `drained`. A whole answer (`last`) gets no such
/// report. A client that ends its side of the connection before its answer is complete counts as
/// gone: `aborted` follows. A request that waits for "100 Continue" gets it when the head is
/// accepted.
///
/// Not thread-safe: construct, use and destroy it on the thread that runs `io`, or while none does.
/// `io`, `wheel` and the port must outlive it; the wheel is advanced by its owner.
class server {
 public:
  server(boost::asio::io_context& io, deadline_wheel& wheel, server_options options,
         application_port& application);
  /// Cuts all connections; running exchanges get `aborted` no more.
  ~server();

  void listen(acceptor where);

  /// Parts for ended exchanges are dropped. One write per connection, whatever the number of parts.
  void answer(response_parts parts);

  /// Stops accepting, closes idle connections, lets running exchanges finish with "Connection:
  /// close", then calls `done` (once, perhaps at once).
  void drain(std::function<void()> done);

  /// Cuts everything now; the application gets `aborted` for what runs.
  void close_all();

  const server_stats& stats() const noexcept;

 private:
  std::shared_ptr<internal::engine> engine_;
};

}  // namespace puff::http
