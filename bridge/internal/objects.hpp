#pragma once

#include <pybind11/pybind11.h>

namespace puff::bridge::internal {

/// An interned str, for keys that are compared often.
inline PyObject* intern(const char* text) { return PyUnicode_InternFromString(text); }

/// `dict[key] = stolen`, taking over the reference; false with an exception, also for a null one.
inline bool put(PyObject* dict, PyObject* key, PyObject* stolen) {
  if (!stolen) return false;
  const bool done = PyDict_SetItem(dict, key, stolen) == 0;
  Py_DECREF(stolen);
  return done;
}

}  // namespace puff::bridge::internal
