#include <array>

#include "bridge/inventory.hpp"
#include "cli/engine_options.hpp"
#include "cli/examination.hpp"
#include "cli/program_parts.hpp"

namespace puff::cli {
namespace {

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
  if (auto version = bridge::version_of_package(p.name)) return {grade::fine, p.name, *version};
  return {p.needed ? grade::fault : grade::note, p.name,
          std::string{"is not installed; it is for "} + p.use,
          prefix + "/bin/python -m pip install " + p.name};
}

finding examine_import(const char* module) {
  auto subject = std::string{"package "} + module;
  if (auto file = bridge::file_of_module(module))
    return {grade::fine, subject, *file};
  else
    return {grade::fault, subject, "cannot be imported: " + context_of(file.error()),
            "install puff into the environment again"};
}

findings examine_interpreter() {
  findings found;
  auto facts = bridge::facts_of_interpreter();
  found.push_back({grade::fine, "Python", facts.version});
  if (facts.prefix == facts.base_prefix)
    found.push_back({grade::note, "environment",
                     "none: the system's packages (" + facts.prefix + ")",
                     "python3 -m venv .venv && export VIRTUAL_ENV=$PWD/.venv"});
  else
    found.push_back({grade::fine, "environment", facts.prefix});
  found.push_back(examine_import("puff"));
  for (const auto& p : packages) found.push_back(examine_package(p, facts.prefix));
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
