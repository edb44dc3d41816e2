#pragma once

#include "services/graphql/validation/internal/context.hpp"

namespace puff::graphql::internal {

/// SingleFieldSubscriptions, for a subscription.
void check_single_field(context& c, const operation_node& operation);

/// MaxIntrospectionDepth: lists of types within one another below `__schema` and `__type`.
class introspection_depth {
 public:
  explicit introspection_depth(context& c) : context_(c) {}
  void check(const field_node& root);

 private:
  bool is_too_deep(const selection_set_node& set, std::uint32_t depth);
  bool is_fragment_too_deep(const fragment_spread_node& spread, std::uint32_t depth);

  context& context_;
  std::vector<std::uint32_t> passed_;    // by fragment: greatest depth + 1 that it was entered with
  std::vector<std::uint32_t> exceeded_;  // least depth at which it was too deep
};

}  // namespace puff::graphql::internal
