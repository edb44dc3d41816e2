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

/// The schema that a dotted path names: a `Schema` class, an instance of one, or what
/// `puff.graphql.schema_from_sdl` made. With the GIL, where importing may wait (a greenlet, or
/// before any runs). An error is the text to show: what is wrong with which class and field, and
/// what to do. `database` is the pool of its SQL.
expected<graphql_definition> load_graphql_schema(const std::string& dotted_path,
                                                 const std::string& database = {});

/// The same of the object itself.
expected<graphql_definition> read_graphql_schema(PyObject* source);

}  // namespace puff::bridge::graphql
