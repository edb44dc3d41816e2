#pragma once

#include <pybind11/pybind11.h>

/// The private module `puff._puff`. Each `bind_<topic>.cpp` adds its functions; they are raw
/// METH_FASTCALL functions because they may suspend the greenlet that calls them.
extern "C" PyObject* PyInit__puff();

namespace puff::bridge {

/// Each adds its part to the module; false with an exception set if that failed.
bool bind_core(PyObject* module);
bool bind_redis(PyObject* module);
bool bind_pubsub(PyObject* module);
bool bind_pubsub_channels(PyObject* module);  ///< by `bind_pubsub`
bool bind_tasks(PyObject* module);
bool bind_actors(PyObject* module);
bool bind_postgres(PyObject* module);
bool bind_postgres_dbapi(PyObject* module);
bool bind_graphql(PyObject* module);

}  // namespace puff::bridge
