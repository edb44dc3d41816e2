#pragma once

#include <string_view>

#include "schemas/error.hpp"

namespace puff::cli {

/// Writes "puff: error: .." to standard error; a text of several lines gets the prefix once.
void print_error(std::string_view text);
/// The same for an error's own words; the exit status that the error table has for it.
int print_failure(const error& why);

/// Writes to standard output at once; false if that is not possible.
bool print(std::string_view text);

}  // namespace puff::cli
