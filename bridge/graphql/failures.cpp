#include "bridge/graphql/columns.hpp"
#include "bridge/graphql/values.hpp"
#include "bridge/reference.hpp"
#include "bridge/report.hpp"

namespace py = pybind11;

namespace puff::bridge::graphql {
namespace {

using puff::graphql::field_failure;

void report(PyObject* exception, const std::string& title) {
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception)), exception);
  report_exception("GraphQL field " + title);
}

/// The package's own view: (message, extensions as JSON or None, whether it is meant for clients).
py::object described(PyObject* exception) {
  auto module = py::reinterpret_steal<py::object>(PyImport_ImportModule("puff.graphql._failures"));
  return py::reinterpret_steal<py::object>(
      module ? PyObject_CallMethod(module.ptr(), "describe", "O", exception) : nullptr);
}

}  // namespace

field_failure failure_of(PyObject* exception, const std::string& title) {
  auto kept = py::reinterpret_borrow<py::object>(exception);
  auto parts = described(exception);
  if (!parts) {
    report_exception("GraphQL field " + title);
    return {"The error of " + title + " cannot be shown.", {}};
  }
  std::string_view message, extensions;
  text_of(PyTuple_GET_ITEM(parts.ptr(), 0), message);
  if (auto* more = PyTuple_GET_ITEM(parts.ptr(), 1); more != Py_None) text_of(more, extensions);
  if (PyTuple_GET_ITEM(parts.ptr(), 2) != Py_True) report(exception, title);
  return {std::string{message}, std::string{extensions}};
}

field_failure take_failure(const std::string& title) {
  auto how = outcome::take(nullptr);
  auto exception = py::reinterpret_borrow<py::object>(how.exception());
  return failure_of(exception.ptr(), title);
}

}  // namespace puff::bridge::graphql
