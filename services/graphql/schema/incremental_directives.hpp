#pragma once

#include "services/graphql/schema/schema_builder.hpp"

namespace puff::graphql {

/// The schema with @defer and @stream, as graphql-js 17 defines them; what it has of them stays as
/// it is. An engine executes them if its options say so.
result<schema_ptr> with_incremental_directives(const schema_ptr& base);

}  // namespace puff::graphql
