#pragma once

#include <pybind11/pybind11.h>

namespace puff::bridge::internal {

/// Adds the type `WorkLocal`: a `threading.local` that is local to a greenlet's work on the
/// greenlet thread. False with an exception.
bool add_work_local_type(PyObject* module);

}  // namespace puff::bridge::internal
