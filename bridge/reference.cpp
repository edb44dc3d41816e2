#include "bridge/reference.hpp"

namespace puff::bridge {

outcome outcome::take(PyObject* value) {
  outcome result;
  if (value) {
    result.held_ = reference::steal(value);
    return result;
  }
  PyObject *type, *exception, *trace;
  PyErr_Fetch(&type, &exception, &trace);
  PyErr_NormalizeException(&type, &exception, &trace);
  if (trace) PyException_SetTraceback(exception, trace);
  Py_XDECREF(type);
  Py_XDECREF(trace);
  result.held_ = reference::steal(exception);
  result.failed_ = true;
  return result;
}

outcome outcome::raising(PyObject* exception) {
  outcome result;
  result.held_ = reference::borrow(exception);
  result.failed_ = true;
  return result;
}

PyObject* outcome::give() const {
  if (!failed_) return held_.share();
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(held_.get())), held_.get());
  return nullptr;
}

}  // namespace puff::bridge
