#pragma once

#include <pybind11/pybind11.h>

namespace puff::bridge::graphql {

/// `graphql_lend(call)`: the session that the call's request has, or leases for its rest.
PyObject* lend(PyObject* module, PyObject* const* args, Py_ssize_t count);

}  // namespace puff::bridge::graphql
