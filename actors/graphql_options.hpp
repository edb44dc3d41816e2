#pragma once

#include <map>
#include <memory>
#include <string>

#include "actors/core/resource.hpp"
#include "actors/interfaces.hpp"
#include "services/graphql/authorizer.hpp"
#include "services/graphql/engine.hpp"
#include "services/graphql/transport/document_store.hpp"
#include "services/graphql/transport/http_question.hpp"
#include "services/graphql/transport/socket_protocol.hpp"
#include "services/http/cors.hpp"

namespace puff {

/// One schema that a node serves.
struct graphql_options {
  std::string name = "default";
  std::shared_ptr<graphql::engine> engine;
  std::shared_ptr<graphql::authorizer> authorizer;  ///< null: everybody may
  /// The pool of its SQL; null: there is none.
  std::optional<resource<postgres_pool_actor>> database;
  /// All pools by name, for calls with a session of their own.
  std::map<std::string, resource<postgres_pool_actor>, std::less<>> pools;
  /// Pools of publish and subscribe by name, for channels.
  std::map<std::string, resource<pubsub_hub_actor>, std::less<>> hubs;
  graphql::http_rules http;
  graphql::document_options documents;
  graphql::socket_rules sockets;
  std::shared_ptr<const http::cors_policy> cors;  ///< whose pages may open WebSockets; null: ours
};

}  // namespace puff
