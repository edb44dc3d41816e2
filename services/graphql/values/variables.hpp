#pragma once

#include "services/graphql/language/document.hpp"
#include "services/graphql/values/coercion.hpp"

namespace puff::graphql {

/// The variables' values of one execution as their definitions want them; what was not given and
/// has no default stays absent. Everything that is wrong with them otherwise, in graphql-js' words;
/// at most `max_errors`, then one more that says so.
result<value_object> coerce_variables(const schema& s, const document& doc,
                                      const operation_node& operation, const value_object& given,
                                      const coercion& how, std::size_t max_errors = 50);

/// The arguments of a field in the order of their definitions. The error has a place but no path.
result<value_object> coerce_arguments(const document& doc, const field_node& node,
                                      const std::vector<input_value>& definitions,
                                      const value_object& variables, const coercion& how);

/// Does it, or any argument, contain a variable?
bool uses_variables(const value_node& node) noexcept;
bool uses_variables(const field_node& node) noexcept;

}  // namespace puff::graphql
