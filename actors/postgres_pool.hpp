#pragma once

#include <boost/asio/io_context.hpp>
#include <optional>

#include "actors/core/spawn.hpp"
#include "actors/interfaces.hpp"
#include "services/postgres/pool.hpp"

namespace puff {

/// Purpose: lends sessions of one PostgreSQL server to every actor of the node, and connections to
/// any other server.
/// Owns: the connections.
/// Talks to: nobody; it answers.
/// Timers: those of its connections and of whoever waits for one, on its loop.
/// Ends when: the node stops; what is pending then fails with `shutting_down`.
class postgres_pool {
 public:
  using interface = postgres_pool_actor;
  static constexpr const char* name = "postgres_pool";

  /// `io` is that of the loop the actor is pinned to.
  postgres_pool(self_pointer<interface> self, boost::asio::io_context& io,
                postgres::pool_options options);

  interface::behavior_type make_behavior();

 private:
  static constexpr auto check_time_limit = std::chrono::seconds{5};

  struct counters {
    explicit counters(gauge& of);
    void show(const postgres::pool_stats& stats);
    gauge::counter &open, &idle, &leased, &own, &waiting;
    gauge::counter &leases, &statements, &waits, &connects, &errors;
  };

  caf::delegated<sql_leased> lease(sql_lease wish);
  caf::delegated<sql_reply_parcel> run(sql_request request);
  caf::result<sql_description> describe(session_id id);
  caf::delegated<check_atom> check();
  void count();

  self_pointer<interface> self_;
  boost::asio::io_context& io_;
  postgres::pool_options options_;
  std::optional<counters> counters_;
  std::optional<postgres::pool> pool_;
};

}  // namespace puff
