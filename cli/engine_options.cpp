#include "cli/engine_options.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <random>
#include <sstream>
#include <thread>

#include "services/config/redact.hpp"
#include "services/postgres/conninfo.hpp"

namespace puff::cli {
namespace {

using bridge::application_target;

template <class Table>
std::size_t enabled(const std::vector<Table>& tables) {
  return static_cast<std::size_t>(
      std::count_if(tables.begin(), tables.end(), [](const auto& t) { return t.enable; }));
}

void add_target(std::vector<application_target>& to, const std::string& wsgi,
                const std::string& asgi, const std::string& path) {
  using kind = application_target::kind;
  auto at = path == "/" ? std::string{} : path;
  if (!wsgi.empty()) to.push_back({kind::wsgi, wsgi, at});
  if (!asgi.empty()) to.push_back({kind::asgi, asgi, at});
}

expected<redis::url> url_of_pool(const char* kind, const config::pool_setting& pool) {
  auto url = redis::parse_url(pool.url);
  if (url) return url;
  return make_error(ec::bad_config, std::string{kind} + " pool '" + pool.name + "' (" +
                                        config::redact(pool.url) + "): " + context_of(url.error()));
}

std::string name_of_its_own() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host.front() = '\0';
  std::ostringstream name;
  name << (host.front() ? host.data() : "node") << '-' << ::getpid() << '-' << std::hex
       << (std::random_device{}() & 0xFFFF);
  return name.str();
}

}  // namespace

expected<log::options> log_options(const config::settings& s) {
  auto levels = log::filter::parse(s.log.level);
  if (!levels) return std::move(levels.error());
  log::options o;
  o.levels = *levels;
  o.shape = s.log.format == config::log_format::json ? log::format::json : log::format::text;
  return o;
}

node_options options_of_node(const config::settings& s) {
  node_options o;
  if (!s.name.empty()) o.name = s.name;
  // Names are unique in a cluster.
  if (s.name.empty() && !s.cluster.name.empty()) o.name = name_of_its_own();
  o.io_threads = s.server.io_threads;
  return o;
}

bridge::python_options options_of_python(const config::settings& s) {
  bridge::python_options o;
  o.interpreter.add_cwd = s.add_cwd_to_path;
  o.interpreter.python_path.assign(s.python_path.begin(), s.python_path.end());
  o.asyncio = s.asyncio;
  o.django = s.django;
  o.max_greenlets = s.python.max_greenlets;
  o.max_blocking_threads = s.python.max_blocking_threads;
  o.blocking_idle = s.python.blocking_idle_ms;
  o.stall_threshold = s.python.stall_threshold_ms;
  return o;
}

http::limits http_limits(const config::settings& s) {
  http::limits l;
  l.max_head_bytes = s.limits.max_head_bytes;
  l.max_target_bytes = s.limits.max_target_bytes;
  l.max_fields = s.limits.max_fields;
  l.max_body_bytes = s.limits.max_body_bytes;
  l.max_plain_body_bytes = std::min(l.max_plain_body_bytes, l.max_body_bytes);
  l.head_timeout = s.limits.head_timeout_ms;
  l.body_idle_timeout = s.limits.body_idle_timeout_ms;
  l.keep_alive_timeout = s.limits.keep_alive_timeout_ms;
  l.write_idle_timeout = s.limits.write_idle_timeout_ms;
  l.max_connections = s.limits.max_connections;
  l.max_in_flight = s.limits.max_in_flight;
  l.websocket.max_message_bytes = s.websocket.max_message_bytes;
  l.websocket.ping_interval = s.websocket.ping_interval_ms;
  l.websocket.pong_timeout = s.websocket.pong_timeout_ms;
  l.websocket.close_timeout = s.websocket.close_timeout_ms;
  l.websocket.compression = s.websocket.compression;
  l.websocket.compression_min_bytes = s.websocket.compression_min_bytes;
  l.websocket.compression_context = s.websocket.compression_context;
  return l;
}

expected<std::vector<redis_pool_plan>> redis_pools(const config::settings& s) {
  std::vector<redis_pool_plan> plans;
  for (const auto& pool : s.redis) {
    if (!pool.enable) continue;
    auto url = url_of_pool("Redis", pool);
    if (!url) return std::move(url.error());
    redis_pool_plan plan{pool.name, {}};
    plan.options.connection.url = std::move(*url);
    plan.options.max_blocking_connections = pool.pool_size;
    plans.push_back(std::move(plan));
  }
  return plans;
}

expected<std::vector<pubsub_pool_plan>> pubsub_pools(const config::settings& s) {
  std::vector<pubsub_pool_plan> plans;
  for (const auto& pool : s.pubsub) {
    if (!pool.enable) continue;
    auto url = url_of_pool("Pub/sub", pool);
    if (!url) return std::move(url.error());
    pubsub_pool_plan plan{pool.name, {}};
    plan.options.connection.url = std::move(*url);
    plan.options.asks_beside = pool.pool_size > 2;
    plans.push_back(std::move(plan));
  }
  return plans;
}

pubsub_endpoint options_of(const config::pubsub_endpoint_setting& setting) {
  pubsub_endpoint e;
  e.path = setting.path;
  e.channel = setting.channel;
  e.pool = setting.pubsub;
  e.websocket = setting.websocket;
  e.sse = setting.sse;
  e.publishes = setting.publish;
  e.keep = setting.keep;
  e.keep_for = setting.keep_for_ms;
  e.max_messages = setting.max_messages;
  if (setting.disconnect_slow) e.when_slow = pubsub_endpoint::slowness::disconnect;
  e.heartbeat = setting.heartbeat_ms;
  return e;
}

expected<std::vector<postgres_pool_plan>> postgres_pools(const config::settings& s) {
  std::vector<postgres_pool_plan> plans;
  for (const auto& pool : s.postgres) {
    if (!pool.enable) continue;
    if (auto parsed = postgres::parse_conninfo(pool.url); !parsed)
      return make_error(ec::bad_config, "PostgreSQL pool '" + pool.name + "' (" +
                                            config::redact(pool.url) +
                                            "): " + context_of(parsed.error()));
    postgres_pool_plan plan{pool.name, {}};
    auto& o = plan.options;
    o.name = pool.name;
    o.connection.conninfo = pool.url;
    o.connection.statement_cache = pool.statement_cache;
    o.min_size = std::min(pool.min_size, pool.pool_size);
    o.max_size = pool.pool_size;
    o.max_waiting = pool.max_waiting;
    o.lease_timeout = pool.lease_timeout_ms;
    o.connect_timeout = pool.connect_timeout_ms;
    o.max_idle = pool.max_idle_ms;
    o.max_age = pool.max_age_ms;
    plans.push_back(std::move(plan));
  }
  return plans;
}

expected<std::vector<task_queue_plan>> task_queues(const config::settings& s) {
  std::vector<task_queue_plan> plans;
  for (const auto& queue : s.task_queue) {
    if (!queue.enable) continue;
    auto url = url_of_pool("Task queue", queue);
    if (!url) return std::move(url.error());
    task_queue_plan plan;
    plan.run = queue.run_tasks;
    plan.target = {queue.name, queue.modules, queue.allow};
    auto& o = plan.options;
    o.queue = queue.name;
    o.client.connection.url = std::move(*url);
    o.worker.lease = queue.lease_ms;
    o.worker.max_running = queue.max_concurrent_tasks != 0
                               ? queue.max_concurrent_tasks
                               : 4 * std::max(1u, std::thread::hardware_concurrency());
    plans.push_back(std::move(plan));
  }
  return plans;
}

expected<federator_options> federation_of(const config::settings& s, const std::string& node) {
  federator_options o;
  o.node = node;
  if (s.cluster.name.empty()) return o;
  auto url = redis::parse_url(s.cluster.url);
  if (!url)
    return make_error(ec::bad_config, "cluster '" + s.cluster.name + "' (" +
                                          config::redact(s.cluster.url) +
                                          "): " + context_of(url.error()));
  auto& c = o.cluster.emplace();
  c.client.connection.url = std::move(*url);
  c.engine.cluster = s.cluster.name;
  c.engine.member.node = node;
  c.engine.member.release = PUFF_VERSION;
  c.engine.member.lease = s.cluster.lease_ms;
  c.unwell_after = s.cluster.unwell_after_ms;
  return o;
}

bridge::actor_target options_of_actors(const config::settings& s) {
  const auto& c = s.cluster;
  const auto* store = c.state == config::state_store::postgres ? "postgres" : "redis";
  return {c.modules, c.hosts, c.name, store, c.state_pool};
}

postgres::pool_options connections_of_their_own() {
  postgres::pool_options o;
  o.name = "connections";
  o.max_size = 0;
  return o;
}

std::vector<application_target> applications(const config::settings& s) {
  std::vector<application_target> targets;
  for (const auto& mount : s.mounts)
    if (mount.enable) add_target(targets, mount.wsgi, mount.asgi, mount.path);
  // With both, `wsgi` serves, as it always has.
  add_target(targets, s.wsgi, s.wsgi.empty() ? s.asgi : "", "");
  return targets;
}

std::shared_ptr<const http::cors_policy> cors_of(const config::settings& s) {
  const auto& c = s.cors;
  const bool permits = c.base_config != config::cors_base::standard;
  const auto allowance = [&](const std::optional<std::vector<std::string>>& listed) {
    http::cors_policy::allowance out{permits, {}};
    if (!listed) return out;
    out.any = std::find(listed->begin(), listed->end(), "*") != listed->end();
    if (!out.any) out.listed = *listed;
    return out;
  };
  http::cors_policy out;
  out.origins = allowance(c.allowed_origins);
  out.methods = allowance(c.allowed_methods);
  out.headers = allowance(c.allowed_headers);
  out.credentials =
      c.allow_credentials.value_or(c.base_config == config::cors_base::very_permissive);
  out.exposes_headers = permits;
  out.max_age = c.max_age_secs;
  if (!out.origins.any && out.origins.listed.empty()) return nullptr;
  return std::make_shared<const http::cors_policy>(std::move(out));
}

std::vector<std::string> missing_features(const config::settings& s) {
  std::vector<std::string> out;
  auto note = [&](std::size_t count, const std::string& table, const std::string& what) {
    if (count > 0)
      out.push_back(table + " is configured, but this version has no " + what + " yet");
  };
  note(s.compression_middleware, "compression_middleware", "compression");
  return out;
}

}  // namespace puff::cli
