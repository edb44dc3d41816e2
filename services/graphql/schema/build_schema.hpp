#pragma once

#include "services/graphql/schema/schema.hpp"
#include "services/graphql/schema/schema_builder.hpp"

namespace puff::graphql {

/// The schema of a text in GraphQL's schema language. Errors are those of the parser, of the rules
/// for such texts, or of `validate_schema`, in this order; locations point into the text.
result<schema_ptr> build_schema(std::string sdl, schema_check check = schema_check::full);
result<schema_ptr> build_schema(document_ptr sdl, schema_check check = schema_check::full);

/// A new schema: the old one with the definitions and extensions of a text. Resolvers and handles
/// of the old one stay.
result<schema_ptr> extend_schema(const schema& base, document_ptr sdl,
                                 schema_check check = schema_check::full);

}  // namespace puff::graphql
