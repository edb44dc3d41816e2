#pragma once

#include <string_view>
#include <variant>

#include "services/graphql/language/graphql_error.hpp"
#include "services/graphql/schema/schema.hpp"

namespace puff::graphql {

/// What a schema coordinate names; `monostate` if there is no such element.
using schema_element = std::variant<std::monostate, const named_type*, const field*,
                                    const enum_value*, const input_value*, const directive*>;

/// The element that "User", "User.name", "User.posts(first:)", "Role.ADMIN", "@tag" or
/// "@tag(name:)" names. An error if the text is no coordinate, or if what should contain the
/// element is not there.
result<schema_element> find_coordinate(const schema& s, std::string_view coordinate);

}  // namespace puff::graphql
