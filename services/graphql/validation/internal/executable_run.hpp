#pragma once

#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "services/graphql/validation/internal/context.hpp"
#include "services/graphql/validation/internal/rules/common_rules.hpp"
#include "services/graphql/validation/internal/rules/fragment_rules.hpp"
#include "services/graphql/validation/internal/rules/operation_rules.hpp"
#include "services/graphql/validation/internal/rules/overlapping_fields.hpp"

namespace puff::graphql::internal {

/// One walk over an executable document that applies every rule at each node, in the order of
/// graphql-js, so that errors come in its order. What operations ask of their fragments' variables
/// is checked after the walk and put where it belongs.
class executable_run {
 public:
  explicit executable_run(context& c);
  void run();

 private:
  void check_executable();
  void walk(const operation_node& operation);
  void walk(const fragment_node& fragment);
  void walk_type_system(const definition_node& definition);
  void walk(const variable_definition_node& variable);
  void walk(const selection_set_node& set, const named_type* parent);
  void walk(const field_node& f, const named_type* parent);
  void walk(const fragment_spread_node& spread, const named_type* parent);
  void walk(const inline_fragment_node& fragment, const named_type* parent);
  void walk_arguments(const field_node& f, const named_type* parent, const field* definition);

  void check_operation_name(const operation_node& operation);
  void check_leaf(const field_node& f, const field& definition);
  void check_field_exists(const field_node& f, const named_type& parent);
  void check_required(const field_node& f, const field& definition);
  void check_condition(const type_node& condition, const fragment_node* of);
  void check_introspection(const field_node& f, const field& definition);
  const named_type* composite(const type_node& condition) const;
  std::string fragment_type_hint(const named_type& type, std::string_view name) const;

  struct waiting {
    const operation_node* operation;
    std::size_t position;  // among the errors
  };
  void check_waiting();

  context& context_;
  common_rules common_;
  fragment_rules fragments_;
  introspection_depth depth_;
  overlapping_fields overlapping_;
  std::size_t operations_ = 0;
  std::unordered_map<std::string_view, const name_node*> names_;
  std::vector<waiting> waiting_;
  std::vector<std::pair<std::size_t, std::size_t>> usages_;  // by definition: a range
};

}  // namespace puff::graphql::internal
