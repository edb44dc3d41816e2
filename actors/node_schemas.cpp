#include "actors/graphql_resolver.hpp"
#include "actors/internal/node_parts.hpp"
#include "services/graphql/execute/declared_channel.hpp"

namespace puff {

expected<resource<graphql_resolver_actor>> node::add_graphql(graphql_options options,
                                                             const std::string& database) {
  auto* home = parts_->loops.front().get();
  if (!database.empty()) {
    const auto at = parts_->postgres_pools.find(database);
    if (at == parts_->postgres_pools.end())
      return make_error(ec::not_found, "GraphQL schema '" + options.name +
                                           "': there is no [[postgres]] pool '" + database + "'");
    options.database = at->second.pool;
    home = parts_->database_homes[database];
  }
  for (const auto& [name, access] : parts_->postgres_pools) options.pools[name] = access.pool;
  options.hubs = parts_->pubsub_hubs;
  for (const auto& [field, pool] : graphql::channels_of(*options.engine->schema()))
    if (!options.hubs.contains(pool))
      return make_error(ec::not_found, "GraphQL schema '" + options.name + "': " + field +
                                           " listens to the [[pubsub]] pool '" + pool +
                                           "', which there is not: add it to puff.toml");
  auto& cell = parts_->resolvers[options.name];
  auto& application = parts_->graphql_applications[options.name];
  auto made = child_of("graphql " + options.name, [this, home, options](const gauge_ptr& counts) {
    return spawn<graphql_resolver>(system(), {.home = home, .counts = counts}, options);
  });
  made.publish = [cell, application](const caf::strong_actor_ptr& actor) {
    using handle = graphql_resolver_actor;
    cell.set(actor ? std::optional{caf::actor_cast<handle>(actor)} : std::nullopt);
    application.set(actor ? std::optional<application_actor>{caf::actor_cast<handle>(actor)}
                          : std::nullopt);
  };
  parts_->planned_schemas.push_back(std::move(made));
  return cell;
}

const std::map<std::string, resource<graphql_resolver_actor>, std::less<>>& node::schemas() const {
  return parts_->resolvers;
}

resource<application_actor> node::graphql_application(const std::string& name) const {
  return parts_->graphql_applications.at(name);
}

void node::start_schemas() {
  if (parts_->planned_schemas.empty()) return;
  parts_->schemas = parts_->watch_over("schemas", std::move(parts_->planned_schemas));
  status();  // a supervisor answers when it has started its children
}

}  // namespace puff
