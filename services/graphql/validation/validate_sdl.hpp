#pragma once

#include "services/graphql/language/document.hpp"
#include "services/graphql/schema/schema.hpp"

namespace puff::graphql {

/// What is wrong with a text in the schema language, alone or as an extension of `base`, in the
/// words, places and order of graphql-js 16.
graphql_errors validate_sdl(const document& sdl, const schema* base);

}  // namespace puff::graphql
