#pragma once

#include <pybind11/pybind11.h>

#include "bridge/graphql/load_schema.hpp"
#include "bridge/graphql/schema_objects.hpp"

/// A `puff.graphql._spec.Schema` in C++. With the GIL; these throw pybind11's exceptions.
namespace puff::bridge::graphql {

/// Its types, or what is wrong with them as one text.
expected<puff::graphql::schema_ptr> types_of(pybind11::handle description,
                                             const load_options& options);
/// How its fields, scalars and classes are served.
void bind_fields(pybind11::handle description, puff::graphql::bound_schema& schema,
                 const std::shared_ptr<schema_objects>& names);

}  // namespace puff::bridge::graphql
