#pragma once

#include <boost/asio/io_context.hpp>
#include <optional>
#include <vector>

#include "actors/core/gauge.hpp"
#include "actors/core/resource.hpp"
#include "actors/core/spawn.hpp"
#include "actors/interfaces.hpp"
#include "services/http/server.hpp"

namespace puff {

struct http_listener_options {
  http::server_options server;
  /// Who answers mount n; 503 while he is down.
  std::vector<resource<application_actor>> applications;
};

/// Purpose: serves HTTP on one io thread.
/// Owns: its listening sockets and connections.
/// Talks to: the applications, one message for each and wake-up.
/// Timers: those of the connections, on its loop.
/// Ends when: the node stops; what is open then is cut.
class http_listener final : private http::application_port {
 public:
  using interface = http_listener_actor;
  static constexpr const char* name = "http_listener";

  /// `io` is that of the loop the actor is pinned to.
  http_listener(self_pointer<interface> self, boost::asio::io_context& io,
                http_listener_options options, parcel<std::vector<http::acceptor>> sockets);

  interface::behavior_type make_behavior();

 private:
  void serve(request_events events) override;
  void refuse(const request_events& events);
  caf::delegated<drain_atom> drain();

  self_pointer<interface> self_;
  boost::asio::io_context& io_;
  http_listener_options options_;
  parcel<std::vector<http::acceptor>> sockets_;
  std::optional<http::server> server_;
};

}  // namespace puff
