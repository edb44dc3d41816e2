#include "services/graphql/language/internal/parsing.hpp"

namespace puff::graphql::internal {

const definition_node* parsing::parse_definition() {
  if (is(token_kind::brace_l)) return parse_operation();
  if (at_description()) {
    auto next = look_ahead();
    if (!failed_ && next.kind == token_kind::brace_l)
      fail(token_.start,
           "Unexpected description, descriptions are not supported on shorthand queries.");
    if (!failed_ && next.kind != token_kind::name) unexpected(next);
    if (failed_) return nullptr;
    if (const auto* definition = parse_described(next.text); definition || failed_)
      return definition;
    fail(token_.start, "Unexpected description, only GraphQL definitions support descriptions.");
    return nullptr;
  }
  if (is_keyword("extend")) return parse_extension();
  if (is(token_kind::name))
    if (const auto* definition = parse_described(token_.text)) return definition;
  unexpected();
  return nullptr;
}

// What may have a description; null if the keyword begins no definition.
const definition_node* parsing::parse_described(std::string_view keyword) {
  if (keyword == "query" || keyword == "mutation" || keyword == "subscription")
    return parse_operation();
  if (keyword == "fragment") return parse_fragment();
  return parse_type_system(keyword);
}

bool parsing::parse_operation_type(operation_type& out) {
  auto word = token_;
  if (!expect(token_kind::name)) return false;
  if (word.text == "query") return out = operation_type::query, true;
  if (word.text == "mutation") return out = operation_type::mutation, true;
  if (word.text == "subscription") return out = operation_type::subscription, true;
  unexpected(word);
  return false;
}

const definition_node* parsing::parse_operation() {
  auto* operation = make<operation_node>(node_kind::operation, token_.start);
  if (!is(token_kind::brace_l)) {
    operation->description = parse_description();
    parse_operation_type(operation->operation);
    if (is(token_kind::name)) operation->name = parse_name();
    operation->variables = optional_many<variable_definition_node>(
        token_kind::paren_l, token_kind::paren_r, [&] { return parse_variable_definition(); });
    operation->directives = parse_directives(constness::variable);
  }
  operation->selection_set = parse_selection_set();
  close(*operation);
  return operation;
}

name_node parsing::parse_variable_name() {
  auto variable = begun<name_node>(node_kind::variable);
  if (expect(token_kind::dollar)) variable.value = parse_name().value;
  close(variable);
  return variable;
}

variable_definition_node parsing::parse_variable_definition() {
  auto definition = begun<variable_definition_node>(node_kind::variable_definition);
  definition.description = parse_description();
  definition.variable = parse_variable_name();
  expect(token_kind::colon);
  definition.type = parse_type();
  if (skip(token_kind::equals)) definition.default_value = keep(parse_value(constness::constant));
  definition.directives = parse_directives(constness::constant);
  close(definition);
  return definition;
}

const selection_set_node* parsing::parse_selection_set() {
  auto* set = make<selection_set_node>(node_kind::selection_set, token_.start);
  if (enter())
    set->selections = many<const selection_node*>(token_kind::brace_l, token_kind::brace_r,
                                                  [&] { return parse_selection(); });
  leave();
  close(*set);
  return set;
}

const selection_node* parsing::parse_selection() {
  return is(token_kind::spread) ? parse_spread() : parse_field();
}

const selection_node* parsing::parse_field() {
  auto* field = make<field_node>(node_kind::field, token_.start);
  field->name = parse_name();
  if (skip(token_kind::colon)) {
    field->alias = field->name;
    field->name = parse_name();
  }
  field->arguments = parse_arguments(constness::variable);
  field->directives = parse_directives(constness::variable);
  if (is(token_kind::brace_l)) field->selection_set = parse_selection_set();
  close(*field);
  return field;
}

const selection_node* parsing::parse_spread() {
  auto start = token_.start;
  advance();
  auto has_condition = skip_keyword("on");
  if (!has_condition && is(token_kind::name)) {
    auto* spread = make<fragment_spread_node>(node_kind::fragment_spread, start);
    spread->name = parse_fragment_name();
    spread->directives = parse_directives(constness::variable);
    close(*spread);
    return spread;
  }
  auto* fragment = make<inline_fragment_node>(node_kind::inline_fragment, start);
  if (has_condition) fragment->type_condition = keep(parse_named_type());
  fragment->directives = parse_directives(constness::variable);
  fragment->selection_set = parse_selection_set();
  close(*fragment);
  return fragment;
}

name_node parsing::parse_fragment_name() {
  if (token_.text == "on") unexpected();
  return parse_name();
}

const definition_node* parsing::parse_fragment() {
  auto* fragment = make<fragment_node>(node_kind::fragment, token_.start);
  fragment->description = parse_description();
  expect_keyword("fragment");
  fragment->name = parse_fragment_name();
  expect_keyword("on");
  fragment->type_condition = keep(parse_named_type());
  fragment->directives = parse_directives(constness::variable);
  fragment->selection_set = parse_selection_set();
  close(*fragment);
  return fragment;
}

}  // namespace puff::graphql::internal
