#pragma once

#include <pybind11/pybind11.h>

namespace puff::bridge::postgres {

/// Adds PgTurns: a lock whose waiters may be greenlets, for those who use one connection one after
/// the other. While one waits, others of its thread run. Not re-entrant. A turn may be shared by
/// those whose statements do not mind each other.
///
/// Who leaves hands the turn to who has waited longest, so that nobody is woken in vain and nobody
/// overtakes. Whoever holds it must be able to go on without the threads of those that wait.
bool add_turns_type(PyObject* module);

}  // namespace puff::bridge::postgres
