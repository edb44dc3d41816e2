#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "services/graphql/language/ast.hpp"
#include "services/graphql/schema/schema.hpp"
#include "services/graphql/values/scalars.hpp"
#include "services/graphql/values/value.hpp"

namespace puff::graphql {

/// What coercion needs to know beside the value.
struct coercion {
  const scalar_table& scalars;
  bool suggest = true;  ///< "Did you mean .." in messages
};

/// Called for each fault of an input value: where in it (".a[0]", empty at the top), the part that
/// is wrong and why.
using coercion_fault =
    std::function<void(const std::string& path, const value& wrong, const std::string& why)>;

/// A value from outside as the type wants it, defaults of input objects filled in. None if there
/// was a fault, all of which have been reported.
std::optional<value> coerce_input(const value& v, const type_ref& type, const coercion& how,
                                  const coercion_fault& fault);

/// A literal as the type wants it, with the values of the variables in it; none if it is invalid,
/// which validation has usually found before. A missing variable in a list is null, in an object an
/// absent field.
std::optional<value> coerce_literal(const value_node& node, const type_ref& type,
                                    const value_object& variables, const coercion& how);

/// A literal without a type, as a schema's own scalar gets it.
value untyped(const value_node& node, const value_object& variables);

/// The variable's value; null if there is none.
const value* find_variable(const value_object& variables, std::string_view name) noexcept;

}  // namespace puff::graphql
