#pragma once

#include <pybind11/pybind11.h>

namespace puff::bridge::graphql {

/// `graphql_query(schema, query, variables, operation, headers, token, session)`: the response as
/// JSON.
PyObject* query(PyObject* module, PyObject* const* args, Py_ssize_t count);

/// `graphql_subscribe(..the same)`: (GraphqlSubscription, None) or (None, the refusal as JSON).
PyObject* subscribe(PyObject* module, PyObject* const* args, Py_ssize_t count);

/// Adds the type GraphqlSubscription. Once, at import.
bool add_subscription_type(PyObject* module);

}  // namespace puff::bridge::graphql
