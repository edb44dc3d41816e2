#pragma once

#include <string>

namespace puff::graphql::internal {

/// A number as JavaScript's String(number) writes it (ECMA-262, Number::toString), shortest digits
/// that give the same double.
std::string js_number(double value);

}  // namespace puff::graphql::internal
