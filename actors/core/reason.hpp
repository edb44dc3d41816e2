#pragma once

#include <exception>
#include <string>

#include "schemas/error.hpp"

namespace puff {

/// What was thrown, as the error that ends an actor.
error error_of(const std::exception_ptr& thrown);

/// Whether an actor that ended for `reason` did so in order: by itself or because it was told to.
bool is_orderly(const error& reason);

/// `reason` for a person, CAF's own reasons included.
std::string text_of(const error& reason);

}  // namespace puff
