#pragma once

#include "services/graphql/schema/types.hpp"

namespace puff::graphql::internal {

/// Where a value stands: the input type wanted there (false if unknown), the type of the list or
/// object around it, and whether the place has a default of its own.
struct input_place {
  type_ref type;
  type_ref parent;
  bool has_default = false;
};

/// A variable in a field's or directive's arguments.
struct variable_usage {
  const value_node* variable = nullptr;
  input_place place;
};

}  // namespace puff::graphql::internal
