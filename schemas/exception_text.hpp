#pragma once

#include <exception>
#include <string>

namespace puff {

/// What was thrown says of itself, for a log or an error.
std::string exception_text(const std::exception_ptr& thrown);

}  // namespace puff
