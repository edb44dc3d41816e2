#include <array>
#include <utility>

#include "services/graphql/language/internal/parsing.hpp"
#include "services/graphql/language/directive_locations.hpp"

namespace puff::graphql::internal {

namespace {

constexpr std::array<std::pair<std::string_view, node_kind>, 6> type_keywords{{
    {"scalar", node_kind::scalar_definition},
    {"type", node_kind::object_definition},
    {"interface", node_kind::interface_definition},
    {"union", node_kind::union_definition},
    {"enum", node_kind::enum_definition},
    {"input", node_kind::input_object_definition},
}};

constexpr node_kind extension_of(node_kind definition) {
  auto distance = static_cast<int>(node_kind::scalar_extension) -
                  static_cast<int>(node_kind::scalar_definition);
  return static_cast<node_kind>(static_cast<int>(definition) + distance);
}
static_assert(extension_of(node_kind::input_object_definition) ==
              node_kind::input_object_extension);

}  // namespace

const definition_node* parsing::parse_type_system(std::string_view keyword) {
  if (keyword == "schema") return parse_schema(node_kind::schema_definition);
  if (keyword == "directive") return parse_directive_definition();
  for (auto [word, kind] : type_keywords)
    if (word == keyword) return parse_type_definition(kind);
  return nullptr;
}

const definition_node* parsing::parse_extension() {
  auto next = look_ahead();
  if (failed_) return nullptr;
  if (next.kind == token_kind::name) {
    if (next.text == "schema") return parse_schema(node_kind::schema_extension);
    for (auto [word, kind] : type_keywords)
      if (word == next.text) return parse_type_definition(extension_of(kind));
  }
  unexpected(next);
  return nullptr;
}

const definition_node* parsing::parse_schema(node_kind kind) {
  auto* schema = make<schema_definition_node>(kind, token_.start);
  auto is_extension = kind == node_kind::schema_extension;
  if (is_extension)
    advance();
  else
    schema->description = parse_description();
  expect_keyword("schema");
  schema->directives = parse_directives(constness::constant);
  if (!is_extension || is(token_kind::brace_l))
    schema->operation_types = many<operation_type_node>(token_kind::brace_l, token_kind::brace_r,
                                                        [&] { return parse_root_type(); });
  if (schema->directives.empty() && schema->operation_types.empty()) unexpected();
  close(*schema);
  return schema;
}

operation_type_node parsing::parse_root_type() {
  auto root = begun<operation_type_node>(node_kind::operation_type);
  parse_operation_type(root.operation);
  expect(token_kind::colon);
  root.type = keep(parse_named_type());
  close(root);
  return root;
}

const definition_node* parsing::parse_type_definition(node_kind kind) {
  auto* type = make<type_definition_node>(kind, token_.start);
  if (type->is_extension())
    advance();
  else
    type->description = parse_description();
  advance();
  type->name = parse_name();
  auto shape = type->is_extension() ? kind : extension_of(kind);
  if (shape == node_kind::object_extension || shape == node_kind::interface_extension)
    type->interfaces = parse_interfaces();
  type->directives = parse_directives(constness::constant);
  parse_body(*type, shape);
  if (type->is_extension() && is_empty_extension(*type)) unexpected();
  close(*type);
  return type;
}

void parsing::parse_body(type_definition_node& type, node_kind shape) {
  constexpr auto open = token_kind::brace_l, shut = token_kind::brace_r;
  switch (shape) {
    case node_kind::object_extension:
    case node_kind::interface_extension:
      type.fields = optional_many<field_definition_node>(open, shut,
                                                         [&] { return parse_field_definition(); });
      break;
    case node_kind::union_extension:
      if (skip(token_kind::equals))
        type.members = delimited<type_node>(token_kind::pipe, [&] { return parse_named_type(); });
      break;
    case node_kind::enum_extension:
      type.values =
          optional_many<enum_value_definition_node>(open, shut, [&] { return parse_enum_value(); });
      break;
    case node_kind::input_object_extension:
      type.input_fields = optional_many<input_value_definition_node>(
          open, shut, [&] { return parse_input_value(); });
      break;
    default: break;
  }
}

bool parsing::is_empty_extension(const type_definition_node& type) const noexcept {
  return type.directives.empty() && type.interfaces.empty() && type.fields.empty() &&
         type.members.empty() && type.values.empty() && type.input_fields.empty();
}

std::span<const type_node> parsing::parse_interfaces() {
  if (!skip_keyword("implements")) return {};
  return delimited<type_node>(token_kind::amp, [&] { return parse_named_type(); });
}

std::span<const input_value_definition_node> parsing::parse_argument_definitions() {
  return optional_many<input_value_definition_node>(token_kind::paren_l, token_kind::paren_r,
                                                    [&] { return parse_input_value(); });
}

field_definition_node parsing::parse_field_definition() {
  auto field = begun<field_definition_node>(node_kind::field_definition);
  field.description = parse_description();
  field.name = parse_name();
  field.arguments = parse_argument_definitions();
  expect(token_kind::colon);
  field.type = parse_type();
  field.directives = parse_directives(constness::constant);
  close(field);
  return field;
}

input_value_definition_node parsing::parse_input_value() {
  auto value = begun<input_value_definition_node>(node_kind::input_value_definition);
  value.description = parse_description();
  value.name = parse_name();
  expect(token_kind::colon);
  value.type = parse_type();
  if (skip(token_kind::equals)) value.default_value = keep(parse_value(constness::constant));
  value.directives = parse_directives(constness::constant);
  close(value);
  return value;
}

enum_value_definition_node parsing::parse_enum_value() {
  auto value = begun<enum_value_definition_node>(node_kind::enum_value_definition);
  value.description = parse_description();
  if (token_.text == "true" || token_.text == "false" || token_.text == "null")
    fail(token_.start, std::string(described(token_.kind)) + " \"" + std::string(token_.text) +
                           "\" is reserved and cannot be used for an enum value.");
  value.name = parse_name();
  value.directives = parse_directives(constness::constant);
  close(value);
  return value;
}

const definition_node* parsing::parse_directive_definition() {
  auto* directive = make<directive_definition_node>(node_kind::directive_definition, token_.start);
  directive->description = parse_description();
  expect_keyword("directive");
  expect(token_kind::at);
  directive->name = parse_name();
  directive->arguments = parse_argument_definitions();
  directive->repeatable = skip_keyword("repeatable");
  expect_keyword("on");
  directive->locations =
      delimited<name_node>(token_kind::pipe, [&] { return parse_directive_location(); });
  close(*directive);
  return directive;
}

name_node parsing::parse_directive_location() {
  auto word = token_;
  auto name = parse_name();
  if (!failed_ && !is_directive_location(name.value)) unexpected(word);
  return name;
}

}  // namespace puff::graphql::internal
