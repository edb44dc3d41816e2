#pragma once

#include <string_view>

#include "schemas/error.hpp"
#include "services/graphql/values/value.hpp"

namespace puff::graphql {

/// Reads JSON from outside, such as a request's variables. `bad_request` says what is wrong with
/// it; nesting deeper than 200 is wrong too. Integers of 64 bits stay exact, others become reals.
expected<value> parse_json(std::string_view text);

/// The same for an object of variables: empty text and null are an empty object.
expected<value_object> parse_variables(std::string_view text);

}  // namespace puff::graphql
