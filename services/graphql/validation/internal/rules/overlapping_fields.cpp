#include "services/graphql/validation/internal/rules/overlapping_fields.hpp"

namespace puff::graphql::internal {

void overlapping_fields::check(const selection_set_node& set, const named_type* parent) {
  if (set.selections.size() <= 1 && set.selections[0]->kind != node_kind::inline_fragment) return;
  if (merge_.is_sound(set, parent)) return;
  if (!search_.report(set, parent))
    context_.abort(
        "Validation aborted: too many comparisons of fields with the same name, at most " +
        std::to_string(context_.options().max_comparisons) + " are made.");
}

}  // namespace puff::graphql::internal
