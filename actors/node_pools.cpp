#include "actors/internal/node_parts.hpp"
#include "actors/outside_desk.hpp"
#include "actors/postgres_pool.hpp"
#include "actors/redis_pool.hpp"

namespace puff {

resource<redis_pool_actor> node::add_redis(const std::string& pool, redis::client_options options) {
  auto& home = *parts_->loops[parts_->redis_pools.size() % loops()];
  auto cell = parts_->redis_pools[pool];
  parts_->redis_pools[pool] = cell;
  parts_->planned.push_back(child_of(
      "redis " + pool, cell, [this, &home, options = std::move(options)](const gauge_ptr& counts) {
        return spawn<redis_pool>(system(), {.home = &home, .counts = counts}, std::ref(home.io()),
                                 options);
      }));
  return cell;
}

const std::map<std::string, resource<redis_pool_actor>, std::less<>>& node::redis_pools() const {
  return parts_->redis_pools;
}

resource<pubsub_hub_actor> node::add_pubsub(const std::string& pool,
                                            pubsub::broker_options options) {
  auto& home = *parts_->loops[parts_->pubsub_hubs.size() % loops()];
  auto cell = parts_->pubsub_hubs[pool];
  parts_->planned.push_back(child_of(
      "pubsub " + pool, cell, [this, &home, options = std::move(options)](const gauge_ptr& counts) {
        return spawn<pubsub_hub>(system(), {.home = &home, .counts = counts}, std::ref(home.io()),
                                 options);
      }));
  return cell;
}

const std::map<std::string, resource<pubsub_hub_actor>, std::less<>>& node::pubsub_hubs() const {
  return parts_->pubsub_hubs;
}

postgres_access node::add_postgres(const std::string& pool, postgres::pool_options options,
                                   pool_place place) {
  auto& home = place == pool_place::own_loop ? parts_->loop_for_guests() : loop();
  parts_->database_homes[pool] = &home;
  auto& access = parts_->postgres_pools[pool];
  access.conninfo = options.connection.conninfo;
  auto start = [this, &home, desk = access.desk,
                options = std::move(options)](const gauge_ptr& counts) {
    // It has no state to lose: one serves all of the pool's lives.
    if (!desk.get()) desk.set(spawn<outside_desk>(system(), {.home = &home}));
    return spawn<postgres_pool>(system(), {.home = &home, .counts = counts}, std::ref(home.io()),
                                options);
  };
  const auto title = "postgres " + (pool.empty() ? "connections" : pool);
  parts_->planned.push_back(child_of(title, access.pool, std::move(start)));
  return access;
}

const std::map<std::string, postgres_access, std::less<>>& node::postgres_pools() const {
  return parts_->postgres_pools;
}

}  // namespace puff
