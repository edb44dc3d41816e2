#include "services/graphql/validation/internal/type_system_walk.hpp"

#include <utility>

namespace puff::graphql::internal {

namespace {

directive_location place_of(node_kind kind) {
  switch (kind) {
    case node_kind::scalar_definition:
    case node_kind::scalar_extension: return directive_location::scalar;
    case node_kind::object_definition:
    case node_kind::object_extension: return directive_location::object;
    case node_kind::interface_definition:
    case node_kind::interface_extension: return directive_location::interface;
    case node_kind::union_definition:
    case node_kind::union_extension: return directive_location::union_;
    case node_kind::enum_definition:
    case node_kind::enum_extension: return directive_location::enum_;
    default: return directive_location::input_object;
  }
}

}  // namespace

void type_system_walk::walk(const definition_node& definition) {
  if (more_) more_->before(definition);
  if (definition.is_type())
    walk(definition.as_type());
  else if (definition.kind == node_kind::directive_definition)
    walk(definition.as_directive());
  else
    walk(definition.as_schema());
}

void type_system_walk::walk(const schema_definition_node& definition) {
  common_.check_unique(definition.directives, "");
  if (more_) more_->after(definition);
  common_.check(definition.directives, directive_location::schema);
  for (const auto& root : definition.operation_types) check_type(*root.type);
}

void type_system_walk::walk(const directive_definition_node& definition) {
  if (more_) more_->after(definition);
  for (const auto& a : definition.arguments) walk(a, directive_location::argument_definition);
}

void type_system_walk::walk(const type_definition_node& definition) {
  common_.check_unique(definition.directives, definition.name.value);
  if (more_) more_->after(definition);
  for (const auto& interface : definition.interfaces) check_type(interface);
  common_.check(definition.directives, place_of(definition.kind));
  for (const auto& f : definition.fields) walk(f);
  for (const auto& member : definition.members) check_type(member);
  for (const auto& value : definition.values) {
    common_.check_unique(value.directives);
    common_.check(value.directives, directive_location::enum_value);
  }
  for (const auto& f : definition.input_fields) walk(f, directive_location::input_field_definition);
}

void type_system_walk::walk(const field_definition_node& f) {
  common_.check_unique(f.directives);
  for (const auto& a : f.arguments) walk(a, directive_location::argument_definition);
  check_type(*f.type);
  common_.check(f.directives, directive_location::field_definition);
}

void type_system_walk::walk(const input_value_definition_node& value, directive_location place) {
  common_.check_unique(value.directives);
  check_type(*value.type);
  if (value.default_value) common_.values().check(*value.default_value, {});
  common_.check(value.directives, place);
}

void type_system_walk::walk(const variable_definition_node& variable) {
  common_.check_unique(variable.directives);
  common_.check_type(*variable.type, text_kind::executable);
  if (variable.default_value) common_.values().check(*variable.default_value, {});
  common_.check(variable.directives, directive_location::variable_definition);
}

void type_system_walk::walk_executable(const definition_node& definition) {
  common_.check_unique(definition.directives);
  if (definition.kind == node_kind::operation) {
    const auto& operation = definition.as_operation();
    for (const auto& variable : operation.variables) walk(variable);
    common_.check(operation.directives, static_cast<directive_location>(operation.operation));
    return walk(*operation.selection_set);
  }
  const auto& fragment = definition.as_fragment();
  common_.check_type(*fragment.type_condition, text_kind::executable);
  common_.check(fragment.directives, directive_location::fragment_definition);
  walk(*fragment.selection_set);
}

void type_system_walk::walk(const selection_set_node& set) {
  for (const auto* s : set.selections) {
    common_.check_unique(s->directives);
    if (s->kind == node_kind::field) {
      walk(s->as_field());
    } else if (s->kind == node_kind::fragment_spread) {
      common_.check(s->directives, directive_location::fragment_spread);
    } else {
      const auto& inner = s->as_inline();
      if (inner.type_condition) common_.check_type(*inner.type_condition, text_kind::executable);
      common_.check(s->directives, directive_location::inline_fragment);
      walk(*inner.selection_set);
    }
  }
}

void type_system_walk::walk(const field_node& f) {
  common_.check_unique(f.arguments);
  for (const auto& a : f.arguments) common_.values().check(a.value, {});
  common_.check(f.directives, directive_location::field);
  if (f.selection_set) walk(*f.selection_set);
}

}  // namespace puff::graphql::internal
