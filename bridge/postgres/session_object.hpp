#pragma once

#include <pybind11/pybind11.h>

#include <memory>

#include "bridge/postgres/session.hpp"

namespace puff::bridge::postgres {

/// A leased session as Python sees it, `PgSession`; dropping the last reference gives it back.
PyObject* new_session_object(std::shared_ptr<session> leased);

/// Runs `request` on `leased` (none: without a lease, by `where`), waits, and gives a PgReply, with
/// what was heard `aside` (may be none). Who stops waiting because it is cancelled or a signal's
/// handler raises has it cancelled.
PyObject* run_request(const char* caller, const postgres_access& where,
                      std::shared_ptr<session> leased, std::shared_ptr<background> aside,
                      sql_request request);

/// Adds the type PgSession. Once, at import.
bool add_session_type(PyObject* module);

}  // namespace puff::bridge::postgres
