#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "actors/core/asio_loop.hpp"
#include "actors/core/gauge.hpp"
#include "actors/core/resource.hpp"
#include "actors/core/status.hpp"
#include "actors/federation_interfaces.hpp"
#include "actors/graphql_options.hpp"
#include "actors/http_listener.hpp"
#include "actors/interfaces.hpp"
#include "actors/lease_clock.hpp"
#include "actors/postgres_access.hpp"
#include "actors/postgres_pool.hpp"
#include "actors/pubsub_hub.hpp"
#include "actors/redis_pool.hpp"
#include "actors/task_interfaces.hpp"
#include "actors/thread_hold.hpp"

namespace puff {

struct task_scheduler_options;
struct federator_options;

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
  /// The loop of the PostgreSQL pools and of a cluster's federation, apart from the others: whoever
  /// waits for it may run it. Null before the first of them was added.
  asio_loop* guest_loop() noexcept;
  const std::string& name() const noexcept;

  /// Adds a pool; it starts with `start_resources`. Names are unique.
  resource<redis_pool_actor> add_redis(const std::string& pool, redis::client_options options);
  const std::map<std::string, resource<redis_pool_actor>, std::less<>>& redis_pools() const;
  /// The same for publish and subscribe.
  resource<pubsub_hub_actor> add_pubsub(const std::string& pool, pubsub::broker_options options);
  const std::map<std::string, resource<pubsub_hub_actor>, std::less<>>& pubsub_hubs() const;
  /// The same for a task queue; nothing is claimed before a runner is hired.
  resource<task_scheduler_actor> add_task_queue(task_scheduler_options options);
  const std::map<std::string, resource<task_scheduler_actor>, std::less<>>& task_queues() const;
  /// Who runs the tasks of a queue from now on, also after its scheduler was restarted.
  void hire(const std::string& queue, task_runner_actor runner);
  /// From now on that one decides who really runs a queue's tasks.
  using hiring = std::function<task_runner_actor(const std::string& queue, task_runner_actor)>;
  void hire_through(hiring decides);
  /// Task queues claim no more and give back what has not begun. Returns at once.
  void stop_claiming();
  /// Waits until the task queues have told Redis how all their attempts ended, or until the time
  /// limit; when nothing runs any more. Not from a loop's own thread.
  void finish_tasks(std::chrono::milliseconds time_limit);
  /// Adds the one that finds actors by name; it starts with `start_resources`. Its node name is
  /// this node's.
  void add_federation(federator_options options);
  /// Empty until it has started, and while it is down.
  resource<federation_actor> federation() const;
  std::shared_ptr<const lease_clock> leases() const;
  /// Who keeps actors of a kind, also after the federation was restarted. From any thread.
  void announce(actor_announcement what, std::variant<named_actor, actor_host_actor> who);
  void withdraw(const std::string& kind);
  /// Who says for how long Python has kept its thread; see `federator_options`.
  void heed(std::shared_ptr<const thread_hold> python);
  /// Actors that other nodes can have are put to rest here, and none come any more; the node stays
  /// in its cluster. Returns at once.
  void retire_actors();
  /// Actors are put to rest, then the node leaves its cluster. `done` is called once, on loop 0.
  void leave_cluster(std::chrono::milliseconds time_limit, std::function<void()> done);
  /// The same for PostgreSQL. The pool of the empty name has no server of its own: it lends
  /// connections to whatever server a lease names. On their own loop pools answer greenlets
  /// soonest; one that a GraphQL schema uses belongs beside the listeners, so that its requests
  /// need no hop.
  enum class pool_place : std::uint8_t { own_loop, beside_listeners };
  postgres_access add_postgres(const std::string& pool, postgres::pool_options options,
                               pool_place place = pool_place::own_loop);
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

  /// Which of the resources are down now: pools, queues, schemas. From any thread.
  std::vector<std::string> down() const;

  /// An actor that others started and keep alive, for the status.
  void mention(std::string actor, gauge_ptr counts);
  /// The tree of actors. Waits up to a second; not from a loop's own thread.
  actor_status status();

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace puff
