#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "services/graphql/validation/internal/context.hpp"

namespace puff::graphql::internal {

/// A field with the type it was selected on and its definition; null where unknown.
struct selected_field {
  const field_node* node = nullptr;
  const named_type* parent = nullptr;
  const field* definition = nullptr;
};

/// The own definition only: meta fields take no part in the comparison of types.
const field* definition_of(const named_type* parent, std::string_view name) noexcept;

/// Do two argument lists say the same, whatever their order?
bool same_arguments(std::span<const argument_node> a, std::span<const argument_node> b);

/// Could a value of both types be meant by one response key, as far as lists, non-null and leaves
/// go?
bool same_shape(const type_ref& a, const type_ref& b) noexcept;

/// Whether the fields of a selection set can be merged. Groups fields by response key and compares
/// each with the first of its group instead of all pairs; then it goes on with the group's
/// selection sets as one (Sangria's algorithm, Simon Adameit 2018).
class merge_check {
 public:
  explicit merge_check(context& c);

  /// False: there is a conflict, or the budget of comparisons is spent.
  bool is_sound(const selection_set_node& set, const named_type* parent);

 private:
  using fields = std::vector<selected_field>;
  struct scope {
    std::vector<fields> groups;
    name_index keys;
    std::vector<bool> seen;  // fragments, by position
  };

  void collect(const selection_set_node& set, const named_type* parent, scope& out);
  bool check(const scope& s, bool exclusive);
  bool check_group(const fields& group, bool exclusive);
  bool check_clusters(const fields& group);
  bool check_same(const fields& cluster);
  bool descend(const fields& group, bool exclusive);
  bool streams(const field_node& f) const noexcept;
  bool spend() noexcept { return left_ > 0 && left_-- > 0; }

  context& context_;
  std::uint64_t left_;
  const bool has_stream_;
  std::uint32_t depth_ = 0;
};

}  // namespace puff::graphql::internal
