#pragma once

#include <filesystem>

#include "bridge/interpreter.hpp"
#include "schemas/error.hpp"

namespace puff::bridge::internal {

/// The interpreter's program name: what Python derives its prefix and site-packages from. An error
/// says in one line why the chosen environment cannot be used.
expected<std::filesystem::path> find_program_name(const interpreter_options& options);

/// Why $PYTHONHOME cannot be used, or no error. A wrong one would be fatal inside Python.
error check_python_home();

/// The folder that holds the package `puff` when it is not installed in the environment: the source
/// tree's, for an executable that runs from its build folder. Empty if there is none.
std::filesystem::path find_package_directory(const interpreter_options& options);

}  // namespace puff::bridge::internal
