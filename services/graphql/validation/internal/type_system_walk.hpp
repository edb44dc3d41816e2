#pragma once

#include "services/graphql/validation/internal/rules/common_rules.hpp"

namespace puff::graphql::internal {

/// What a text in the schema language is checked for besides the common rules: at the beginning of
/// a definition, before and after its directives' uniqueness.
class definition_rules {
 public:
  virtual ~definition_rules() = default;
  virtual void before(const definition_node& definition) = 0;
  virtual void after(const definition_node& definition) = 0;
};

/// A walk over definitions of the type system with the common rules, in graphql-js' order.
class type_system_walk {
 public:
  explicit type_system_walk(common_rules& common, definition_rules* more = nullptr)
      : common_(common), more_(more) {}

  void walk(const definition_node& definition);
  /// Operations and fragments in such a text: nobody uses them, yet what they name has to exist.
  void walk_executable(const definition_node& definition);

 private:
  void walk(const schema_definition_node& definition);
  void walk(const type_definition_node& definition);
  void walk(const directive_definition_node& definition);
  void walk(const field_definition_node& f);
  void walk(const input_value_definition_node& value, directive_location place);
  void walk(const variable_definition_node& variable);
  void walk(const selection_set_node& set);
  void walk(const field_node& f);
  void check_type(const type_node& type) { common_.check_type(type, text_kind::type_system); }

  common_rules& common_;
  definition_rules* more_;
};

}  // namespace puff::graphql::internal
