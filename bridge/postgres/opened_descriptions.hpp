#pragma once

#include <pybind11/pybind11.h>

#include <memory>

#include "schemas/sql.hpp"

namespace puff::bridge::postgres {

/// `new_description` of what a connection was like when it was opened, made once for each
/// connection of a server: all its leases share the dict, which nobody may change. A new reference,
/// or null with an exception. Under the GIL.
PyObject* description_of_opened(const std::shared_ptr<const sql_session>& opened);

}  // namespace puff::bridge::postgres
