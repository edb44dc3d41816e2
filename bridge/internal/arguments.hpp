#pragma once

#include <pybind11/pybind11.h>

namespace puff::bridge::internal {

/// A function's signature as METH_FASTCALL gives it.
using fast_function = PyObject* (*)(PyObject* module, PyObject* const* args, Py_ssize_t count);

/// A row of a PyMethodDef table. `doc` begins with the signature line that Python's inspect reads:
/// "name($module, a, b, /)\n--\n\n..".
inline PyMethodDef fast(const char* name, fast_function function, const char* doc) {
  return {name, reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function)),
          METH_FASTCALL, doc};
}

/// Whether `count` is `wanted`; else false with a TypeError that names `function`.
inline bool has_arguments(const char* function, Py_ssize_t count, Py_ssize_t wanted) {
  if (count == wanted) return true;
  PyErr_Format(PyExc_TypeError, "%s() takes %zd arguments (%zd given)", function, wanted, count);
  return false;
}

inline bool is_callable(const char* function, PyObject* what) {
  if (PyCallable_Check(what)) return true;
  PyErr_Format(PyExc_TypeError, "%s() needs a callable, not %.100s", function,
               Py_TYPE(what)->tp_name);
  return false;
}

}  // namespace puff::bridge::internal
