#pragma once

#include <string>
#include <vector>

#include "actors/graphql_options.hpp"
#include "cli/command.hpp"
#include "services/config/settings.hpp"

namespace puff::cli {

/// One GraphQL schema that this program serves: of puff.toml, or in C++. Its paths may be those of
/// the program's router, its database the only one there is.
struct schema_plan : config::graphql_setting {
  graphql::bound_schema_ptr native;  ///< null: `schema` names a Python class
  std::shared_ptr<graphql::authorizer> authorizer;
};

/// All that are enabled, in their order, those in C++ first.
std::vector<schema_plan> planned_schemas(const invocation& what);

/// What the node is given for a schema that is there.
expected<graphql_options> options_of(const schema_plan& plan);

}  // namespace puff::cli
