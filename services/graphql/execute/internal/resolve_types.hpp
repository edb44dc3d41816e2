#pragma once

#include "services/graphql/execute/layer.hpp"

namespace puff::graphql::internal {

/// The objects of a field of an abstract type, told apart by what each really is.
struct typed_rows {
  struct group {
    const plan_layer* plan;
    std::vector<std::uint32_t> rows;
  };
  std::vector<group> groups;                 ///< in the order of their first row
  std::vector<field_objects::place> places;  ///< by row; layers are groups
  std::vector<field_failure> failures;       ///< of rows whose type is none that may be
};

typed_rows resolve_types(const bound_schema& schema, const plan_field& f, const row_set& rows,
                         request_context* context);

/// The same of any type: of an object type all are alike.
typed_rows typed_rows_of(const bound_schema& schema, const plan_field& f, const row_set& rows,
                         request_context* context);

}  // namespace puff::graphql::internal
