#pragma once

#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "services/graphql/validation/internal/context.hpp"

namespace puff::graphql::internal {

/// The directive of that name among those of a selection; null if there is none.
const directive_node* find_among(std::span<const directive_node> all,
                                 std::string_view name) noexcept;

/// Rules on @defer and @stream, if the schema has them, in the words of graphql-js 17.
class incremental_rules {
 public:
  explicit incremental_rules(context& c);

  /// DeferStreamDirectiveOnRootField, DeferStreamDirectiveOnValidOperations.
  void check(const operation_node& operation);
  /// DeferStreamDirectiveLabel.
  void check_label(const directive_node& d);
  /// StreamDirectiveOnListField, of a directive on this field.
  void check_list(const directive_node& d, const named_type& parent, const field& definition);

 private:
  using names = std::unordered_set<std::string_view>;

  bool forbid_at_root(const selection_set_node& set, const named_type& root,
                      operation_type operation, names& visited);
  bool forbid_at_root(const selection_node& selection, std::string_view directive,
                      const named_type& root, operation_type operation);
  bool forbid_unconditional(const selection_set_node& set, names& visited);
  bool forbid_unconditional(const selection_node& selection);
  bool forbid_unconditional(const fragment_spread_node& spread, names& visited);

  context& context_;
  const bool is_known_;
  names checked_at_root_, checked_;
  std::vector<const node*> spreads_;  // around what is looked at, the outermost first
  std::unordered_map<std::string_view, const directive_node*> labels_;
};

}  // namespace puff::graphql::internal
