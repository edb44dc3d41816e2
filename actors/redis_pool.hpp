#pragma once

#include <boost/asio/io_context.hpp>
#include <optional>

#include "actors/core/spawn.hpp"
#include "actors/interfaces.hpp"
#include "services/redis/client.hpp"

namespace puff {

/// Purpose: lets every actor of the node use one Redis server.
/// Owns: the connections to it.
/// Talks to: nobody; it answers.
/// Timers: a deadline per request, on its loop.
/// Ends when: the node stops; what is pending then fails with `shutting_down`.
class redis_pool {
 public:
  using interface = redis_pool_actor;
  static constexpr const char* name = "redis_pool";

  /// `io` is that of the loop the actor is pinned to.
  redis_pool(self_pointer<interface> self, boost::asio::io_context& io,
             redis::client_options options);

  interface::behavior_type make_behavior();

 private:
  static constexpr auto check_time_limit = std::chrono::seconds{5};

  caf::delegated<redis_reply> run(redis_commands commands);
  caf::delegated<check_atom> check();

  self_pointer<interface> self_;
  boost::asio::io_context& io_;
  redis::client_options options_;
  std::optional<redis::client> client_;
};

}  // namespace puff
