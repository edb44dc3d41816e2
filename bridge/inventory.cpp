#include "bridge/inventory.hpp"

#include <pybind11/pybind11.h>

#include "bridge/report.hpp"

namespace py = pybind11;

namespace puff::bridge {
namespace {

std::string text_of(const py::object& value) { return py::str(value).cast<std::string>(); }

}  // namespace

interpreter_facts facts_of_interpreter() {
  auto sys = py::module_::import("sys");
  auto version = text_of(sys.attr("version"));
  return {version.substr(0, version.find(' ')), text_of(sys.attr("prefix")),
          text_of(sys.attr("base_prefix"))};
}

std::optional<std::string> version_of_package(const std::string& name) {
  try {
    return text_of(py::module_::import("importlib.metadata").attr("version")(name));
  } catch (const py::error_already_set&) {
    return std::nullopt;
  }
}

expected<std::string> file_of_module(const std::string& name) {
  auto module = py::reinterpret_steal<py::object>(PyImport_ImportModule(name.c_str()));
  auto file = py::reinterpret_steal<py::object>(
      module ? PyObject_GetAttrString(module.ptr(), "__file__") : nullptr);
  if (file) return text_of(file);
  return make_error(ec::not_found, take_exception_text(traceback::last_line));
}

}  // namespace puff::bridge
