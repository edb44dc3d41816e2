#include <pybind11/pybind11.h>

#include "bridge/bindings.hpp"
#include "bridge/internal/environment.hpp"
#include "bridge/interpreter.hpp"
#include "bridge/report.hpp"

namespace py = pybind11;
namespace fs = std::filesystem;

namespace puff::bridge {
namespace {

error to_error(const PyStatus& status) {
  std::string text = status.func ? std::string{status.func} + ": " : std::string{};
  text += status.err_msg ? status.err_msg : "the interpreter asked to exit";
  return make_error(ec::bad_config, "Python did not start: " + text);
}

/// A PyConfig that is cleared whatever happens.
class configuration {
 public:
  configuration() {
    PyConfig_InitPythonConfig(&config_);
    config_.parse_argv = 0;
    config_.install_signal_handlers = 0;
    config_.buffered_stdio = 0;  // in order with the log, and nothing lost at an abrupt end
    config_.faulthandler = 1;
    config_.pathconfig_warnings = 0;
  }
  ~configuration() { PyConfig_Clear(&config_); }
  configuration(const configuration&) = delete;
  configuration& operator=(const configuration&) = delete;

  error set_program(const fs::path& program) {
    return check(PyConfig_SetBytesString(&config_, &config_.program_name, program.c_str()));
  }
  error set_arguments(const std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (const auto& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
    return check(
        PyConfig_SetBytesArgv(&config_, static_cast<Py_ssize_t>(pointers.size()), pointers.data()));
  }
  error start() { return check(Py_InitializeFromConfig(&config_)); }

 private:
  static error check(const PyStatus& status) {
    return PyStatus_Exception(status) ? to_error(status) : error{};
  }
  PyConfig config_;
};

error preinitialize() {
  PyPreConfig config;
  PyPreConfig_InitPythonConfig(&config);
  config.parse_argv = 0;
  auto status = Py_PreInitialize(&config);
  return PyStatus_Exception(status) ? to_error(status) : error{};
}

/// Python's exception as an error, in one line.
error failed(const std::string& what) {
  return make_error(ec::bad_config, what + ": " + take_exception_text(traceback::last_line));
}

error extend_path(const interpreter_options& options) {
  std::vector<fs::path> front;
  if (auto package = internal::find_package_directory(options); !package.empty())
    front.push_back(package);
  std::error_code gone;
  if (options.add_cwd) front.push_back(fs::current_path(gone));
  for (const auto& entry : options.python_path) front.push_back(fs::absolute(entry, gone));
  auto* path = PySys_GetObject("path");
  for (Py_ssize_t i = 0; const auto& entry : front) {
    auto text = py::reinterpret_steal<py::object>(PyUnicode_DecodeFSDefault(entry.c_str()));
    if (!path || !text || PyList_Insert(path, i++, text.ptr()) != 0)
      return failed("sys.path cannot be set");
  }
  return {};
}

error import_package() {
  auto module = py::reinterpret_steal<py::object>(PyImport_ImportModule("_puff"));
  if (!module) return failed("the module _puff did not start");
  auto* modules = PyImport_GetModuleDict();
  if (PyDict_SetItemString(modules, "puff._puff", module.ptr()) != 0)
    return failed("the module _puff did not start");
  auto greenlet = py::reinterpret_steal<py::object>(PyImport_ImportModule("greenlet"));
  if (!greenlet) return failed("the package greenlet is missing (pip install greenlet)");
  auto package = py::reinterpret_steal<py::object>(PyImport_ImportModule("puff"));
  if (!package)
    return failed(
        "the Python package puff cannot be imported (install it into the environment, or "
        "set VIRTUAL_ENV to one that has it)");
  return {};
}

}  // namespace

expected<std::unique_ptr<interpreter>> interpreter::start(const interpreter_options& options) {
  if (auto why = internal::check_python_home()) return why;
  auto program = internal::find_program_name(options);
  if (!program) return program.error();
  if (auto why = preinitialize()) return why;
  if (PyImport_AppendInittab("_puff", PyInit__puff) != 0)
    return make_error(ec::internal, "Python's table of built-in modules cannot grow");
  for (const auto& [name, init] : options.modules)
    if (PyImport_AppendInittab(name.c_str(), reinterpret_cast<PyObject* (*)()>(init)) != 0)
      return make_error(ec::internal, "Python's table of built-in modules cannot grow");
  configuration config;
  if (auto why = config.set_program(*program)) return why;
  if (auto why = config.set_arguments(options.argv)) return why;
  if (auto why = config.start()) return why;
  std::unique_ptr<interpreter> running{new interpreter};
  if (auto why = extend_path(options)) return why;
  if (auto why = import_package()) return why;
  return running;
}

interpreter::~interpreter() { finalize(); }

void interpreter::flush_output() {
  for (const char* name : {"stdout", "stderr"}) {
    auto* file = PySys_GetObject(name);
    if (!file || file == Py_None) continue;
    auto done = py::reinterpret_steal<py::object>(PyObject_CallMethod(file, "flush", nullptr));
    if (!done) PyErr_Clear();  // nowhere to report it
  }
}

error interpreter::finalize() {
  if (!running_) return {};
  running_ = false;
  flush_output();
  if (Py_FinalizeEx() == 0) return {};
  return make_error(ec::io_failed, "Python could not write all of its output at its end");
}

}  // namespace puff::bridge
