#pragma once

#include "services/graphql/execute/layer.hpp"
#include "services/graphql/schema/schema.hpp"

namespace puff::graphql {

/// Answers a field of the introspection for all objects of a layer from the schema's model. The
/// parents of anything but `__schema` and `__type` are rows that this function has made.
column_ptr introspect(const schema& s, const field& f, const row_set& parents,
                      const value_object& arguments);

}  // namespace puff::graphql
