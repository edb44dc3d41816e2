#pragma once

#include <string>

#include "actors/core/resource.hpp"
#include "actors/interfaces.hpp"

namespace puff {

/// All that is needed to use a PostgreSQL pool. Copies are cheap and stay valid when its actors are
/// started again.
struct postgres_access {
  resource<postgres_pool_actor> pool;
  resource<outside_desk_actor> desk;  ///< on the pool's loop, for threads that are no actors
  std::string conninfo;               ///< of its server; empty where each lease names its own
};

}  // namespace puff
