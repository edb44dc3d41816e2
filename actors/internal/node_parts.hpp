#pragma once

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "actors/core/supervisor.hpp"
#include "actors/internal/listening_socket.hpp"
#include "actors/node.hpp"

namespace puff {

/// What a node consists of. Its functions lie in `node_TOPIC.cpp`, all on the thread that built the
/// node unless the header says otherwise.
struct node::parts {
  /// Who keeps actors of a kind here.
  struct keeper {
    actor_announcement what;
    std::variant<named_actor, actor_host_actor> who;

    void tell(const resource<federation_actor>& to) const;
    /// What it keeps was told to a federation that is gone.
    void fence() const;
  };

  explicit parts(node_options given);
  ~parts();

  /// The loop that whoever waits for it runs; made when it is needed first.
  asio_loop& loop_for_guests();
  void end(supervisor_actor& group);
  supervisor_actor watch_over(std::string name, std::vector<child> children);

  node_options options;
  caf::actor_system_config config;
  caf::actor_system system{config.set("scheduler.policy", caf::atom("sharing"))
                               .set("scheduler.max-throughput", 100)
                               .set("scheduler.max-threads", 2)};
  std::vector<std::unique_ptr<asio_loop>> loops;
  std::unique_ptr<asio_loop> guest_loop;
  std::map<std::string, resource<redis_pool_actor>, std::less<>> redis_pools;
  std::map<std::string, resource<pubsub_hub_actor>, std::less<>> pubsub_hubs;
  std::map<std::string, resource<task_scheduler_actor>, std::less<>> task_queues;
  std::map<std::string, resource<task_runner_actor>, std::less<>> task_runners;
  resource<federation_actor> federation;
  std::shared_ptr<lease_clock> leases = std::make_shared<lease_clock>();
  std::atomic<std::shared_ptr<const thread_hold>> python;
  bool in_cluster = false;
  std::mutex guards_keepers;
  std::map<std::string, keeper> keepers;
  std::map<std::string, postgres_access, std::less<>> postgres_pools;
  std::map<std::string, asio_loop*, std::less<>> database_homes;
  std::map<std::string, resource<graphql_resolver_actor>, std::less<>> resolvers;
  std::map<std::string, resource<application_actor>, std::less<>> graphql_applications;
  hiring decides;
  std::vector<child> planned, planned_schemas;
  supervisor_actor resources, schemas, listeners;
  std::vector<resource<http_listener_actor>> listener_cells;
  std::vector<internal::listening_socket> sockets;
  std::mutex guards_mentioned;
  std::vector<std::pair<std::string, gauge_ptr>> mentioned;
};

}  // namespace puff
