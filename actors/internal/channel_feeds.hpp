#pragma once

#include <map>
#include <memory>
#include <string>

#include "actors/core/resource.hpp"
#include "actors/internal/pool_sql.hpp"
#include "services/graphql/execute/channel_source.hpp"

namespace puff::internal {

/// The pools of publish and subscribe, as the subscriptions of a schema hear them. On one loop, as
/// long as the resolver lives.
class channel_feeds final : public graphql::channel_source {
 public:
  using hub_map = std::map<std::string, resource<pubsub_hub_actor>, std::less<>>;

  channel_feeds(std::shared_ptr<const sql_asker> by, hub_map hubs)
      : by_(std::move(by)), hubs_(std::move(hubs)) {}

  std::shared_ptr<graphql::channel_feed> open(const std::string& pool, const std::string& channel,
                                              std::function<void(const error&)> done) override;

 private:
  std::shared_ptr<const sql_asker> by_;
  const hub_map hubs_;
};

}  // namespace puff::internal
