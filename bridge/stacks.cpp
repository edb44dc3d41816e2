#include "bridge/stacks.hpp"

#include <pybind11/pybind11.h>

#include "bridge/hub.hpp"
#include "bridge/report.hpp"
#include "bridge/runtime.hpp"

namespace py = pybind11;

namespace puff::bridge {
namespace {

/// The text that a function of puff._stacks returns for its one argument.
std::string ask(const char* function, py::object argument) {
  auto module = py::reinterpret_steal<py::object>(PyImport_ImportModule("puff._stacks"));
  auto text = py::reinterpret_steal<py::object>(
      module && argument ? PyObject_CallMethod(module.ptr(), function, "O", argument.ptr())
                         : nullptr);
  Py_ssize_t size = 0;
  const char* data = text ? PyUnicode_AsUTF8AndSize(text.ptr(), &size) : nullptr;
  if (data) return {data, static_cast<std::size_t>(size)};
  return "the stacks cannot be described: " + take_exception_text(traceback::last_line);
}

}  // namespace

std::string describe_stacks() {
  auto greenlets = py::reinterpret_steal<py::object>(PyList_New(0));
  if (auto* hub = the_runtime().greenlets; hub && greenlets)
    hub->for_each_waiter([&](PyObject* waiting) { PyList_Append(greenlets.ptr(), waiting); });
  return ask("describe_all", std::move(greenlets));
}

std::string describe_stack(unsigned long thread) {
  return ask("describe_thread", py::reinterpret_steal<py::object>(PyLong_FromUnsignedLong(thread)));
}

}  // namespace puff::bridge
