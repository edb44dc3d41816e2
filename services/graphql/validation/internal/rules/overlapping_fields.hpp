#pragma once

#include <cstdint>

#include "services/graphql/validation/internal/context.hpp"
#include "services/graphql/validation/internal/rules/conflict_search.hpp"
#include "services/graphql/validation/internal/rules/merge_check.hpp"

namespace puff::graphql::internal {

/// OverlappingFieldsCanBeMerged. `merge_check` decides in near-linear time whether a selection set
/// is sound; only if it is not, `conflict_search` compares pairs to name what is wrong.
class overlapping_fields {
 public:
  explicit overlapping_fields(context& c) : context_(c), merge_(c), search_(c) {}

  /// For every selection set but those of inline fragments.
  void check(const selection_set_node& set, const named_type* parent);

 private:
  context& context_;
  merge_check merge_;
  conflict_search search_;
};

}  // namespace puff::graphql::internal
