#pragma once

#include <string>

#include "services/graphql/values/column.hpp"
#include "services/graphql/values/value.hpp"

namespace puff::graphql {

/// A value as an error message shows it, in graphql-js' form: `{ a: [1, 2, "x"] }`. Long lists and
/// deep nesting are cut.
std::string inspect(const value& v);
std::string inspect(const cell& c, const column& of);

}  // namespace puff::graphql
