#pragma once

#include <string_view>
#include <vector>

#include "services/graphql/schema/schema_builder.hpp"

namespace puff::graphql::internal {

/// What nodes of the schema language say, as the builder takes it.
type_spec spec_of(const document& doc, const type_definition_node& node);
directive_spec spec_of(const document& doc, const directive_definition_node& node);
/// Adds what an extension brings.
void extend(type_spec& type, const document& doc, const type_definition_node& extension);

/// What a model says, for a schema that is made from another.
type_spec spec_of(const named_type& type);
directive_spec spec_of(const directive& d);

}  // namespace puff::graphql::internal
