#include "bridge/report.hpp"

#include <pybind11/pybind11.h>

#include "services/telemetry/log.hpp"

namespace py = pybind11;

namespace puff::bridge {
namespace {

std::string format(PyObject* type, PyObject* value, PyObject* trace, traceback how) {
  const char* function = how == traceback::whole ? "format_exception" : "format_exception_only";
  auto module = py::reinterpret_steal<py::object>(PyImport_ImportModule("traceback"));
  if (!module) return "(no traceback: the module traceback cannot be imported)";
  auto lines = py::reinterpret_steal<py::object>(
      how == traceback::whole
          ? PyObject_CallMethod(module.ptr(), function, "OOO", type, value, trace ? trace : Py_None)
          : PyObject_CallMethod(module.ptr(), function, "OO", type, value));
  auto joined = py::reinterpret_steal<py::object>(
      lines ? PyObject_CallMethod(py::str("").ptr(), "join", "O", lines.ptr()) : nullptr);
  const char* text = joined ? PyUnicode_AsUTF8(joined.ptr()) : nullptr;
  if (!text) {
    PyErr_Clear();
    return "(an exception that cannot be formatted)";
  }
  std::string result{text};
  while (!result.empty() && result.back() == '\n') result.pop_back();
  return result;
}

}  // namespace

std::string take_exception_text(traceback how) {
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  if (!type) return {};
  PyErr_NormalizeException(&type, &value, &trace);
  if (trace) PyException_SetTraceback(value, trace);
  auto text = format(type, value, trace, how);
  Py_XDECREF(type);
  Py_XDECREF(value);
  Py_XDECREF(trace);
  return text;
}

void report_exception(std::string_view where) {
  auto text = take_exception_text(traceback::whole);
  log::write(log::level::error, "python", std::string{where} + "\n" + text);
}

bool is_cancelled() {
  if (!PyErr_Occurred()) return false;
  static PyObject* type = [] {
    PyObject *t, *v, *tb;
    PyErr_Fetch(&t, &v, &tb);
    auto* module = PyImport_ImportModule("puff.errors");
    auto* found = module ? PyObject_GetAttrString(module, "Cancelled") : nullptr;
    Py_XDECREF(module);
    PyErr_Clear();
    PyErr_Restore(t, v, tb);
    return found;
  }();
  return type && PyErr_ExceptionMatches(type);
}

}  // namespace puff::bridge
