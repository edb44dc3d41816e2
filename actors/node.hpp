#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/core/asio_loop.hpp"
#include "actors/core/gauge.hpp"
#include "actors/core/resource.hpp"
#include "actors/core/status.hpp"
#include "actors/graphql_options.hpp"
#include "actors/http_listener.hpp"
#include "actors/interfaces.hpp"
#include "actors/postgres_access.hpp"
#include "actors/postgres_pool.hpp"
#include "actors/redis_pool.hpp"

namespace puff {

struct node_options {
  std::string name = "puff";
  std::uint32_t io_threads = 0;  ///< 0: one per two cores, at least one
  /// A resource could not be kept alive; the node should end. Called on loop 0.
  std::function<void(const error&)> on_failure;
};

/// One process's actors: the loops they live on, the supervisors above the resources, and the order
/// in which all of it starts and stops. The one place that knows every kind of actor.
///
/// Built and used by one thread, which is none of the loops'; `resource`s may be used from any.
class node {
 public:
  explicit node(node_options options);
  /// Ends what still runs: listeners first, then resources, then the loops.
  ~node();

  caf::actor_system& system() noexcept;
  /// Loop 0 has the supervisors on it, and whatever the program puts there.
  asio_loop& loop(std::size_t i = 0) noexcept;
  std::size_t loops() const noexcept;
  const std::string& name() const noexcept;

  /// Adds a pool; it starts with `start_resources`. Names are unique.
  resource<redis_pool_actor> add_redis(const std::string& pool, redis::client_options options);
  const std::map<std::string, resource<redis_pool_actor>, std::less<>>& redis_pools() const;
  /// The same for PostgreSQL. The pool of the empty name has no server of its own: it lends
  /// connections to whatever server a lease names.
  postgres_access add_postgres(const std::string& pool, postgres::pool_options options);
  const std::map<std::string, postgres_access, std::less<>>& postgres_pools() const;
  /// Starts the resources under supervision and asks each pool to reach its server. Waits; an error
  /// is one line about the first that does not.
  error start_resources();

  /// Adds a schema, which runs on the loop of its database; before `start_schemas`. Names are
  /// unique. `not_found` if the node has no such pool.
  expected<resource<graphql_resolver_actor>> add_graphql(graphql_options options,
                                                         const std::string& database);
  const std::map<std::string, resource<graphql_resolver_actor>, std::less<>>& schemas() const;
  /// The same schema as an application of the listeners.
  resource<application_actor> graphql_application(const std::string& name) const;
  /// Starts the schemas under supervision. Once, after the resources.
  void start_schemas();

  /// Starts a listener on each loop; all of them accept from `sockets`, which were opened on the
  /// `io()` of any loop.
  error serve(http_listener_options options, std::vector<http::acceptor> sockets);
  /// Accepts no more; running exchanges finish. `done` is called once, on loop 0, when they have,
  /// or with `timed_out` at the time limit.
  void drain(std::chrono::milliseconds time_limit, std::function<void(const error&)> done);

  /// An actor that others started and keep alive, for the status.
  void mention(std::string actor, gauge_ptr counts);
  /// The tree of actors. Waits up to a second; not from a loop's own thread.
  actor_status status();

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace puff
