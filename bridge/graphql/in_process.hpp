#pragma once

#include <pybind11/pybind11.h>

#include <memory>

#include "bridge/graphql/kept_object.hpp"
#include "bridge/graphql/load_schema.hpp"
#include "services/graphql/engine.hpp"

namespace puff::bridge::graphql {

/// A schema of a program's own, which serves no requests from outside.
struct own_schema {
  puff::graphql::engine asks;
  std::shared_ptr<puff::graphql::authorizer> authorizer;
};

/// The Python object that holds one; a new reference, or null with an exception.
PyObject* new_schema(graphql_definition read);
/// Null with an exception if `object` is none.
own_schema* schema_in(PyObject* object);

/// `graphql_execute`: executes an operation on the calling thread, which waits, as a greenlet or a
/// coroutine does; in a plain Python resolvers run inside of this call.
PyObject* execute_here(PyObject* module, PyObject* const* args, Py_ssize_t count);

}  // namespace puff::bridge::graphql
