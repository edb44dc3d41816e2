#include "services/graphql/language/internal/parsing.hpp"

namespace puff::graphql::internal {

value_node parsing::parse_token_value(node_kind kind) {
  auto value = begun<value_node>(kind);
  value.text = token_.text;
  advance();
  close(value);
  return value;
}

value_node parsing::parse_string() {
  auto block = is(token_kind::block_string);
  auto value = parse_token_value(node_kind::string_value);
  value.block = block;
  return value;
}

value_node parsing::parse_word() {
  auto kind = node_kind::enum_value;
  if (token_.text == "true" || token_.text == "false") kind = node_kind::boolean_value;
  if (token_.text == "null") kind = node_kind::null_value;
  auto value = parse_token_value(kind);
  value.boolean = value.text == "true";
  return value;
}

value_node parsing::parse_variable_value(constness c) {
  auto dollar = token_;
  auto value = begun<value_node>(node_kind::variable);
  advance();
  if (c == constness::constant) {
    if (is(token_kind::name))
      fail(dollar.start,
           "Unexpected variable \"$" + std::string(token_.text) + "\" in constant value.");
    else
      unexpected(dollar);
    return value;
  }
  value.text = parse_name().value;
  close(value);
  return value;
}

value_node parsing::parse_value(constness c) {
  switch (token_.kind) {
    case token_kind::bracket_l: return parse_list(c);
    case token_kind::brace_l: return parse_object(c);
    case token_kind::int_number: return parse_token_value(node_kind::int_value);
    case token_kind::float_number: return parse_token_value(node_kind::float_value);
    case token_kind::string:
    case token_kind::block_string: return parse_string();
    case token_kind::name: return parse_word();
    case token_kind::dollar: return parse_variable_value(c);
    default: unexpected(); return {};
  }
}

value_node parsing::parse_list(constness c) {
  auto value = begun<value_node>(node_kind::list_value);
  if (enter())
    value.items = any<value_node>(token_kind::bracket_l, token_kind::bracket_r,
                                  [&] { return parse_value(c); });
  leave();
  close(value);
  return value;
}

value_node parsing::parse_object(constness c) {
  auto value = begun<value_node>(node_kind::object_value);
  if (enter())
    value.fields = any<object_field_node>(token_kind::brace_l, token_kind::brace_r,
                                          [&] { return parse_object_field(c); });
  leave();
  close(value);
  return value;
}

object_field_node parsing::parse_object_field(constness c) {
  auto field = begun<object_field_node>(node_kind::object_field);
  field.name = parse_name();
  if (expect(token_kind::colon)) field.value = parse_value(c);
  close(field);
  return field;
}

argument_node parsing::parse_argument(constness c) {
  auto argument = begun<argument_node>(node_kind::argument);
  argument.name = parse_name();
  if (expect(token_kind::colon)) argument.value = parse_value(c);
  close(argument);
  return argument;
}

std::span<const argument_node> parsing::parse_arguments(constness c) {
  return optional_many<argument_node>(token_kind::paren_l, token_kind::paren_r,
                                      [&] { return parse_argument(c); });
}

directive_node parsing::parse_directive(constness c) {
  auto directive = begun<directive_node>(node_kind::directive);
  advance();
  directive.name = parse_name();
  directive.arguments = parse_arguments(c);
  close(directive);
  return directive;
}

std::span<const directive_node> parsing::parse_directives(constness c) {
  if (!is(token_kind::at)) return {};
  auto from = scratch_.stack<directive_node>().size();
  while (is(token_kind::at)) {
    auto directive = parse_directive(c);
    scratch_.stack<directive_node>().push_back(directive);
  }
  return scratch_.take<directive_node>(from, arena_);
}

type_node parsing::parse_named_type() {
  auto type = begun<type_node>(node_kind::named_type);
  type.name = parse_name();
  close(type);
  return type;
}

const type_node* parsing::wrap(node_kind kind, const type_node* of, std::uint32_t start) {
  auto* type = make<type_node>(kind, start);
  type->of = of;
  close(*type);
  return type;
}

const type_node* parsing::parse_type() {
  constexpr std::uint32_t deepest = 30;
  auto start = token_.start;
  const type_node* type = nullptr;
  if (is(token_kind::bracket_l)) {
    if (++type_depth_ > deepest)
      fail(start, "Type is nested deeper than 30 lists. Parsing aborted.");
    advance();
    const auto* of = failed_ ? nullptr : parse_type();
    expect(token_kind::bracket_r);
    --type_depth_;
    type = wrap(node_kind::list_type, of, start);
  } else {
    type = keep(parse_named_type());
  }
  if (skip(token_kind::bang)) type = wrap(node_kind::non_null_type, type, start);
  return type;
}

const value_node* parsing::parse_description() {
  return at_description() ? keep(parse_string()) : nullptr;
}

}  // namespace puff::graphql::internal
