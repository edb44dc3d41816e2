#pragma once

#include "services/graphql/plan/plan.hpp"

namespace puff::graphql {

struct plan_options {
  /// Fields of a plan, those of each object type counted that an abstract type may be.
  std::size_t max_fields = 100'000;
};

/// Plans an operation of a validated document. `variables` are coerced; only those in @skip and
/// @include count. Errors: no such operation root, a condition that is null, a plan too large.
result<plan_ptr> make_plan(const bound_schema_ptr& schema, const document_ptr& doc,
                           const operation_node& operation, const value_object& variables,
                           const plan_options& options = {},
                           incremental_format deliver = incremental_format::none);

}  // namespace puff::graphql
