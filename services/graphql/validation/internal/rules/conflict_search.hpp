#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "services/graphql/validation/internal/context.hpp"
#include "services/graphql/validation/internal/rules/merge_check.hpp"

namespace puff::graphql::internal {

/// Finds every pair of fields that conflict, in the order of graphql-js. Quadratic where many
/// fields share a key, so it runs within a budget and only where there is a conflict at all.
class conflict_search {
 public:
  explicit conflict_search(context& c);

  /// Reports the conflicts of a selection set. False: the budget is spent.
  bool report(const selection_set_node& set, const named_type* parent);

 private:
  struct conflict {
    std::string_view key;
    std::string reason;
    std::vector<const node*> left, right;
  };
  using conflicts = std::vector<conflict>;

  // What a selection set selects itself, inline fragments included, and the fragments it spreads.
  struct selected {
    std::vector<std::pair<std::string_view, std::vector<selected_field>>> groups;
    name_index keys;
    std::vector<std::string_view> fragments;
    std::map<std::string_view, bool> compared;  // fragment -> as mutually exclusive
  };

  selected& fields_of(const selection_set_node& set, const named_type* parent);
  selected& fields_of(const fragment_node& fragment);
  void collect(const selection_set_node& set, const named_type* parent, selected& out);
  void within(const selected& fields, conflicts& out);
  void between(const selected& a, const selected& b, bool exclusive, conflicts& out);
  void with_fragment(selected& fields, std::string_view fragment, bool exclusive, conflicts& out);
  void between_fragments(std::string_view a, std::string_view b, bool exclusive, conflicts& out);
  void compare(std::string_view key, const selected_field& a, const selected_field& b,
               bool exclusive, conflicts& out);
  void compare_below(std::string_view key, const selected_field& a, const selected_field& b,
                     bool exclusive, conflicts& out);
  conflicts between_sets(const selected_field& a, const selected_field& b, bool exclusive);
  bool was_compared(std::string_view a, std::string_view b, bool exclusive);
  const directive_node* streaming(const selected_field& f) const noexcept;
  void spend(std::uint64_t cost) noexcept { left_ = left_ > cost ? left_ - cost : 0; }
  bool is_spent() const noexcept { return left_ == 0; }

  context& context_;
  std::uint64_t left_;
  const bool has_stream_;
  std::uint32_t depth_ = 0;
  std::map<std::pair<const selection_set_node*, const named_type*>, selected> cache_;
  std::map<std::pair<std::string_view, std::string_view>, bool> pairs_;
};

}  // namespace puff::graphql::internal
