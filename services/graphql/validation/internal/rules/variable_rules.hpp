#pragma once

#include <span>
#include <vector>

#include "services/graphql/validation/internal/context.hpp"
#include "services/graphql/validation/internal/input_place.hpp"

namespace puff::graphql::internal {

/// UniqueVariableNames, VariablesAreInputTypes for one definition.
void check_unique_variables(context& c, const operation_node& operation);
void check_input_type(context& c, const variable_definition_node& variable);

/// NoUndefinedVariables, NoUnusedVariables, VariablesInAllowedPosition of an operation, from all
/// that it and its fragments use.
void check_usages(context& c, const operation_node& operation,
                  std::span<const variable_usage> usages);

}  // namespace puff::graphql::internal
