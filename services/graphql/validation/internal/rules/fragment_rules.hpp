#pragma once

#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "services/graphql/validation/internal/context.hpp"

namespace puff::graphql::internal {

using spreads = std::vector<const fragment_spread_node*>;

/// Who spreads whom: NoFragmentCycles, NoUnusedFragments, UniqueFragmentNames, and what an
/// operation reaches.
class fragment_rules {
 public:
  explicit fragment_rules(context& c) : context_(c) {}

  void enter(const fragment_node& fragment);
  void check_unused();
  /// Positions of the fragments that operations reach, in the order of a breadth-first walk.
  std::vector<std::uint32_t> reached(std::span<const operation_node* const> operations);

 private:
  void check_cycles(const fragment_node& fragment);
  void complain_cycle(std::size_t from);
  const spreads& spreads_of(const selection_set_node& set);

  context& context_;
  std::unordered_map<const selection_set_node*, spreads> spreads_;
  std::unordered_map<std::string_view, const name_node*> names_;
  std::unordered_map<std::string_view, std::size_t> on_path_;
  std::unordered_set<std::string_view> visited_names_;
  spreads path_;
};

}  // namespace puff::graphql::internal
