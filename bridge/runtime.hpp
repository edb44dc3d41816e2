#pragma once

#include <map>
#include <string>

#include "actors/core/resource.hpp"
#include "actors/interfaces.hpp"
#include "actors/postgres_access.hpp"

namespace puff {
class node;
}

namespace puff::bridge {

class hub;
class loop_thread;
class blocking_pool;
class work;

/// Which Python threads this process has, and what Python code can ask. Filled in by whoever starts
/// them, before Python code can ask, and emptied when they have been joined; read with the GIL
/// held. All null in a plain Python that has merely imported `puff`.
struct runtime {
  node* over = nullptr;
  hub* greenlets = nullptr;
  loop_thread* asyncio = nullptr;
  blocking_pool* blocking = nullptr;
  std::map<std::string, resource<redis_pool_actor>, std::less<>> redis;
  std::map<std::string, resource<pubsub_hub_actor>, std::less<>> pubsub;
  /// The one of the empty name is for connections that name their own server.
  std::map<std::string, postgres_access, std::less<>> postgres;
  std::map<std::string, resource<graphql_resolver_actor>, std::less<>> graphql;  ///< by schema
};

/// The process's one.
runtime& the_runtime() noexcept;

/// The work of the greenlet that calls; null on other threads, in the hub itself, in a plain
/// Python.
work* running_work() noexcept;

}  // namespace puff::bridge
