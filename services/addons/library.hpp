#pragma once

#include <string>

#include "schemas/addon.h"
#include "schemas/error.hpp"

namespace puff::addons {

/// An add-on that is in the process and fits it.
struct library {
  const puff_addon* entry = nullptr;
  std::string hash;  ///< the first twelve digits of the file's SHA-256
};

/// Loads a shared library for good (it is never unloaded) and checks what it says of itself. Errors
/// (`bad_config`) are one line: the file and what is wrong with it.
expected<library> load_library(const std::string& path);

/// The same checks for an entry that is there already.
error check_entry(const puff_addon* entry);

}  // namespace puff::addons
