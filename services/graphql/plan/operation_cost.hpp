#pragma once

#include <cstdint>

#include "services/graphql/plan/plan.hpp"

namespace puff::graphql {

struct cost_options {
  std::uint64_t limit = 0;       ///< of an operation; 0: costs are not counted
  std::uint64_t list_size = 10;  ///< items of a list of which nothing better is known
};

/// What an operation may cost, estimated before it is executed: an object counts one, a field its
/// weight, both as often as there may be objects around them. Of the types of an abstract value the
/// dearest counts; what the schema says of itself counts nothing. How many items a list has is told
/// by the argument `first`, `last` or `limit`, or by what `field_cost` names; where a field that is
/// no list has such an argument, it is about the lists right below it, as in connections. After the
/// static analysis of queries of IBM's GraphQL Cost Directives Specification (2021).
std::uint64_t cost_of(const operation_plan& plan, const value_object& variables,
                      std::uint64_t list_size);

}  // namespace puff::graphql
