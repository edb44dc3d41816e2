#pragma once

#include <optional>
#include <string>

#include "schemas/error.hpp"

/// What the running interpreter has, as plain values; for a person who looks for a fault. With the
/// GIL held, while an `interpreter` runs.
namespace puff::bridge {

struct interpreter_facts {
  std::string version;      ///< "3.11.2"
  std::string prefix;       ///< of the environment in use
  std::string base_prefix;  ///< of the Python it was made from; the same if there is none
};
interpreter_facts facts_of_interpreter();

/// As its metadata says; nothing if it is not installed.
std::optional<std::string> version_of_package(const std::string& name);

/// Where a module was found; `not_found` with the last line of the exception if it is not
/// importable.
expected<std::string> file_of_module(const std::string& name);

}  // namespace puff::bridge
