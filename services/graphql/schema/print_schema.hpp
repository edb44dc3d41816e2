#pragma once

#include <string>

#include "services/graphql/schema/schema.hpp"

namespace puff::graphql {

/// The schema in SDL, without built-in scalars, specified directives and the introspection.
std::string print_schema(const schema& s);
std::string print_type(const named_type& type);

}  // namespace puff::graphql
