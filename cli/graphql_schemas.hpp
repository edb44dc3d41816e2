#pragma once

#include <string>
#include <vector>

#include "actors/graphql_options.hpp"
#include "cli/command.hpp"
#include "services/config/settings.hpp"

namespace puff::cli {

/// One GraphQL schema that this program serves: of puff.toml, or in C++.
struct schema_plan {
  std::string name;
  std::string dotted_path;  ///< of a Python class; empty: `native` is it
  graphql::bound_schema_ptr native;
  std::shared_ptr<graphql::authorizer> authorizer;
  std::string url, subscriptions_url, playground_url;
  std::string database;  ///< empty: none
  config::graphql_limits_setting limits;
  std::string documents;  ///< file of trusted ones; empty: none
  bool documents_only = false;
  std::uint32_t automatic_documents = 0;
  bool introspection = true;
  bool suggestions = true;
};

/// All that are enabled, in their order, those in C++ first.
std::vector<schema_plan> planned_schemas(const invocation& what);

/// What the node is given for a schema that is there.
expected<graphql_options> options_of(const schema_plan& plan);

}  // namespace puff::cli
