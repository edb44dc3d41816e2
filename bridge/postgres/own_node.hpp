#pragma once

#include <pybind11/pybind11.h>

#include "actors/postgres_access.hpp"

namespace puff::bridge::postgres {

/// The actors of a Python that is not Puff's: one loop, and a pool for connections that name their
/// own server. Started when first asked for; in a process that was forked, a new one. Null with an
/// exception once the interpreter ends. With the GIL.
const postgres_access* own_pool();

/// Ends it when the interpreter does, before Python's objects go. Once, at import.
bool end_own_node_at_exit();

}  // namespace puff::bridge::postgres
