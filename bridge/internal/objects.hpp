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

/// The tp_dealloc of a heap type that the garbage collector knows; `Clear` is its tp_clear.
template <inquiry Clear>
void deallocate_collected(PyObject* object) {
  PyObject_GC_UnTrack(object);
  Clear(object);
  auto* type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

}  // namespace puff::bridge::internal
