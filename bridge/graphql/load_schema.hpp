#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <string>

#include "schemas/error.hpp"
#include "services/graphql/authorizer.hpp"
#include "services/graphql/plan/bindings.hpp"

namespace puff::bridge::graphql {

/// A schema of Python's as the engine needs it.
struct graphql_definition {
  puff::graphql::bound_schema_ptr schema;
  std::shared_ptr<puff::graphql::authorizer> authorizer;
};

/// What puff.toml says of a schema.
struct load_options {
  std::string database{};    ///< the pool of its SQL
  bool incremental = false;  ///< it has @defer and @stream
};

/// The schema that a dotted path names: a `Schema` class, an instance of one, or what
/// `puff.graphql.schema_from_sdl` made. With the GIL, where importing may wait (a greenlet, or
/// before any runs). An error is the text to show: what is wrong with which class and field, and
/// what to do.
expected<graphql_definition> load_graphql_schema(const std::string& dotted_path,
                                                 const load_options& options = {});

/// The same of the object itself.
expected<graphql_definition> read_graphql_schema(PyObject* source);

}  // namespace puff::bridge::graphql
