#pragma once

#include <memory>
#include <vector>

#include "actors/federator.hpp"
#include "actors/node.hpp"
#include "actors/pubsub_endpoint.hpp"
#include "actors/task_scheduler.hpp"
#include "bridge/python_host.hpp"
#include "services/config/settings.hpp"
#include "services/http/cors.hpp"
#include "services/http/limits.hpp"
#include "services/telemetry/log.hpp"

/// What each engine is given, made from the configuration: the only place that turns settings into
/// options.
namespace puff::cli {

expected<log::options> log_options(const config::settings& s);
node_options options_of_node(const config::settings& s);
bridge::python_options options_of_python(const config::settings& s);
http::limits http_limits(const config::settings& s);
/// `[cors]`; null if it allows nothing.
std::shared_ptr<const http::cors_policy> cors_of(const config::settings& s);

struct redis_pool_plan {
  std::string name;
  redis::client_options options;
};
/// The enabled Redis pools. Errors name the pool.
expected<std::vector<redis_pool_plan>> redis_pools(const config::settings& s);

struct pubsub_pool_plan {
  std::string name;
  pubsub::broker_options options;
};
/// The enabled pools for publish and subscribe. Errors name the pool.
expected<std::vector<pubsub_pool_plan>> pubsub_pools(const config::settings& s);

/// Without its guard.
pubsub_endpoint options_of(const config::pubsub_endpoint_setting& setting);

struct postgres_pool_plan {
  std::string name;
  postgres::pool_options options;
};
/// The enabled PostgreSQL pools. Errors name the pool.
expected<std::vector<postgres_pool_plan>> postgres_pools(const config::settings& s);

struct task_queue_plan {
  task_scheduler_options options;
  bridge::task_queue_target target;
  bool run = true;  ///< its tasks, if the command runs tasks at all
};
/// The enabled task queues. Errors name the queue.
expected<std::vector<task_queue_plan>> task_queues(const config::settings& s);

/// What finds actors by name, for the node of that name; errors name the cluster.
expected<federator_options> federation_of(const config::settings& s, const std::string& node);
bridge::actor_target options_of_actors(const config::settings& s);

/// For connections that name their own server: a pool that has none.
postgres::pool_options connections_of_their_own();

/// The applications of puff.toml: `wsgi` or `asgi` at the root, and the mounts.
std::vector<bridge::application_target> applications(const config::settings& s);

/// A line for each feature that is configured and that this version does not have.
std::vector<std::string> missing_features(const config::settings& s);

}  // namespace puff::cli
