#include <pybind11/pybind11.h>

#include <array>

#include "cli/engine_options.hpp"
#include "cli/examination.hpp"
#include "cli/program_parts.hpp"

namespace puff::cli {
namespace {

namespace py = pybind11;
using grade = finding::grade;

struct package {
  const char* name;
  bool needed;
  const char* use;
};

constexpr std::array packages{
    package{"greenlet", true, "everything"},
    package{"asgiref", true, "Django and sync code under ASGI"},
    package{"uvloop", false, "a faster asyncio loop"},
    package{"pytest", false, "'pytest'"},
    package{"django", false, "'django'"},
};

finding examine_package(const package& p, const std::string& prefix) {
  try {
    auto version = py::module_::import("importlib.metadata").attr("version")(p.name);
    return {grade::fine, p.name, version.cast<std::string>()};
  } catch (const py::error_already_set&) {
    return {p.needed ? grade::fault : grade::note, p.name,
            std::string{"is not installed; it is for "} + p.use,
            prefix + "/bin/python -m pip install " + p.name};
  }
}

finding examine_import(const char* module) {
  try {
    auto file = py::module_::import(module).attr("__file__").cast<std::string>();
    return {grade::fine, std::string{"package "} + module, file};
  } catch (const py::error_already_set& e) {
    std::string text = e.what();
    return {grade::fault, std::string{"package "} + module,
            "cannot be imported: " + text.substr(0, text.find('\n')),
            "install puff into the environment again"};
  }
}

findings examine_interpreter() {
  findings found;
  auto sys = py::module_::import("sys");
  auto text = [&](const char* name) { return py::str(sys.attr(name)).cast<std::string>(); };
  auto version = text("version");
  found.push_back({grade::fine, "Python", version.substr(0, version.find(' '))});
  auto prefix = text("prefix");
  if (prefix == text("base_prefix"))
    found.push_back({grade::note, "environment", "none: the system's packages (" + prefix + ")",
                     "python3 -m venv .venv && export VIRTUAL_ENV=$PWD/.venv"});
  else
    found.push_back({grade::fine, "environment", prefix});
  found.push_back(examine_import("puff"));
  for (const auto& p : packages) found.push_back(examine_package(p, prefix));
  return found;
}

}  // namespace

findings examine_python(const invocation& what) {
  auto options = options_of_python(what.config.values).interpreter;
  options.program_directory = what.executable.parent_path();
  auto python = bridge::interpreter::start(options);
  if (!python)
    return {{grade::fault, "Python", context_of(python.error()),
             "use Debian's python3 or a virtual environment made from it"}};
  findings found;
  try {
    found = examine_interpreter();
  } catch (const std::exception& e) {
    found.push_back({grade::fault, "Python", e.what(), "install Python again"});
  }
  if (auto failed = (*python)->finalize())
    found.push_back({grade::note, "Python", context_of(failed)});
  return found;
}

}  // namespace puff::cli
