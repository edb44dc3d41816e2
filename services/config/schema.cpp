#include "services/config/schema.hpp"

#include "services/config/internal/keys/cluster.hpp"
#include "services/config/internal/keys/graphql.hpp"
#include "services/config/internal/keys/pools.hpp"
#include "services/config/internal/keys/program.hpp"
#include "services/config/internal/keys/serving.hpp"

namespace puff::config {
namespace {

using namespace internal;

constexpr std::array root_tables{
    table<&settings::server>("server", server_keys, "Where and how the HTTP server listens."),
    table<&settings::limits>("limits", limits_keys, "What one client may use."),
    table<&settings::cors>("cors", cors_keys, "Cross-origin requests of browsers."),
    table<&settings::websocket>("websocket", websocket_keys, "What one WebSocket may use."),
    table<&settings::python>("python", python_keys, "The threads that run Python."),
    table<&settings::cluster>("cluster", cluster_keys, "Nodes that share their actors."),
    table<&settings::log>("log", log_keys, "Messages for the operator, on standard error."),
    tables<&settings::commands>("commands", "command_name", command_keys,
                                "A Python function as a command: `puff COMMAND_NAME`."),
    tables<&settings::postgres>("postgres", "name", postgres_keys, "A pool of PostgreSQL."),
    tables<&settings::redis>("redis", "name", redis_keys, "A pool of Redis."),
    tables<&settings::pubsub>("pubsub", "name", pubsub_keys, "Publish and subscribe over Redis."),
    tables<&settings::task_queue>("task_queue", "name", task_queue_keys,
                                  "A distributed task queue over Redis."),
    tables<&settings::http_client>("http_client", "name", http_client_keys,
                                   "An HTTP client; one named \"default\" always exists."),
    tables<&settings::graphql>("graphql", "name", graphql_keys,
                               "A GraphQL schema made of Python classes.", graphql_tables),
    tables<&settings::mounts>("mounts", "name", mount_keys,
                              "An application below a path of the same port."),
    tables<&settings::addons>("addons", "name", addon_keys,
                              "A shared library in C++ that joins the process."),
    tables<&settings::pubsub_endpoint>("pubsub_endpoint", "name", pubsub_endpoint_keys,
                                       "A channel of publish and subscribe for browsers."),
};

constexpr section root{.name = "",
                       .doc = "",
                       .keys = root_keys,
                       .tables = root_tables,
                       .size = [](const void*) -> std::size_t { return 1; },
                       .initial = initial_of<settings>};

}  // namespace

const section& schema() { return root; }

value default_of(const section& in, const key& k) {
  auto v = in.initial(k);
  if (std::holds_alternative<std::monostate>(v) && !k.fallback.empty())
    return std::string{k.fallback};
  return v;
}

}  // namespace puff::config
