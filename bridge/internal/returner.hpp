#pragma once

#include "bridge/python_thread.hpp"

namespace puff::bridge::internal {

/// A Python callable `ret(value=None, exception=None)` that ends the wait `id` of `thread`: from
/// any thread that holds the GIL; the first call counts, later ones do nothing. One that dies
/// uncalled raises PuffError in the waiting code, which would wait for ever. A new reference, or
/// null with an exception.
PyObject* new_returner(python_thread& thread, wait_id id);

/// Adds the type to the module; false with an exception.
bool add_returner_type(PyObject* module);

}  // namespace puff::bridge::internal
