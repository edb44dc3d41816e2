#pragma once

#include "bridge/python_thread.hpp"

namespace puff::bridge::postgres {

/// Raises PgFailure(code, text) for a failure of a connection or of a pool: the code's name of the
/// error table, and the context, which for a connection is libpq's own text.
void raise_failure(const error& why);

/// The same when somebody asks.
answer failing(error why);

/// Adds the exception PgFailure. Once, at import.
bool add_failure_type(PyObject* module);

}  // namespace puff::bridge::postgres
