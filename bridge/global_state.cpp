#include "bridge/global_state.hpp"

#include "bridge/report.hpp"

namespace py = pybind11;

namespace puff::bridge {
namespace {

/// Null with an exception set.
PyObject* made_by(const std::function<PyObject*()>& make) {
  try {
    return make();
  } catch (py::error_already_set& raised) {
    raised.restore();
  } catch (const std::exception& thrown) {
    PyErr_SetString(PyExc_RuntimeError, thrown.what());
  }
  return nullptr;
}

}  // namespace

error set_global_state(const std::function<PyObject*()>& make) {
  if (!make) return {};
  auto object = py::reinterpret_steal<py::object>(made_by(make));
  auto module =
      py::reinterpret_steal<py::object>(object ? PyImport_ImportModule("puff.state") : nullptr);
  auto set = py::reinterpret_steal<py::object>(
      module ? PyObject_CallMethod(module.ptr(), "_set", "O", object.ptr()) : nullptr);
  if (set) return {};
  return make_error(ec::bad_config,
                    "the program's global state: " + take_exception_text(traceback::last_line));
}

}  // namespace puff::bridge
