#include "bridge/internal/coroutine.hpp"

namespace py = pybind11;

namespace puff::bridge::internal {

PyObject* finish_step(PySendResult how, PyObject* value) {
  if (how != PYGEN_RETURN) return value;
  if (value == Py_None) {
    PyErr_SetNone(PyExc_StopIteration);
  } else if (auto* stop = PyObject_CallOneArg(PyExc_StopIteration, value)) {
    PyErr_SetObject(PyExc_StopIteration, stop);
    Py_DECREF(stop);
  }
  Py_DECREF(value);
  return nullptr;
}

bool set_thrown(PyObject* const* args, Py_ssize_t count) {
  if (count >= 1 && PyExceptionInstance_Check(args[0])) {
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(args[0])), args[0]);
    return true;
  }
  if (count >= 1 && PyExceptionClass_Check(args[0])) {
    PyErr_SetObject(args[0], count >= 2 ? args[1] : nullptr);
    return true;
  }
  PyErr_SetString(PyExc_TypeError, "throw() needs an exception");
  return false;
}

PySendResult throw_into(PyObject* inner, PyObject** result) {
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  PyErr_NormalizeException(&type, &value, &trace);
  if (trace) PyException_SetTraceback(value, trace);
  *result = PyObject_CallMethod(inner, "throw", "O", value);
  Py_XDECREF(type);
  Py_XDECREF(value);
  Py_XDECREF(trace);
  if (*result) return PYGEN_NEXT;
  if (!PyErr_ExceptionMatches(PyExc_StopIteration)) return PYGEN_ERROR;
  PyErr_Fetch(&type, &value, &trace);
  PyErr_NormalizeException(&type, &value, &trace);
  *result = PyObject_GetAttrString(value, "value");
  Py_XDECREF(type);
  Py_XDECREF(value);
  Py_XDECREF(trace);
  return *result ? PYGEN_RETURN : PYGEN_ERROR;
}

PyObject* await_iterator(PyObject* object) {
  if (PyCoro_CheckExact(object)) return Py_NewRef(object);
  auto* slots = Py_TYPE(object)->tp_as_async;
  if (slots && slots->am_await) return slots->am_await(object);
  PyErr_Format(PyExc_TypeError, "the application returned %.100s, which cannot be awaited",
               Py_TYPE(object)->tp_name);
  return nullptr;
}

}  // namespace puff::bridge::internal
