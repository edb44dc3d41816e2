#include <algorithm>
#include <utility>

#include "services/graphql/language/printer.hpp"
#include "services/graphql/schema/internal/built_in.hpp"
#include "services/graphql/schema/internal/specs.hpp"

namespace puff::graphql::internal {

namespace {

std::optional<std::string> text_of(const value_node* description) {
  if (!description) return std::nullopt;
  return std::string(description->text);
}

const directive_node* applied(std::span<const directive_node> directives, std::string_view name) {
  auto at = std::ranges::find_if(directives, [&](const auto& d) { return d.name.value == name; });
  return at == directives.end() ? nullptr : &*at;
}

std::optional<std::string> text_argument(const directive_node& d, std::string_view name,
                                         std::optional<std::string> otherwise) {
  for (const auto& argument : d.arguments) {
    if (argument.name.value != name) continue;
    if (argument.value.kind != node_kind::string_value) return std::nullopt;
    return std::string(argument.value.text);
  }
  return otherwise;
}

std::optional<std::string> deprecation(std::span<const directive_node> directives) {
  const auto* d = applied(directives, "deprecated");
  if (!d) return std::nullopt;
  return text_argument(*d, "reason", std::string(default_deprecation_reason));
}

input_value_spec spec_of(const document& doc, const input_value_definition_node& node) {
  input_value_spec spec{
      std::string(node.name.value), print(*node.type), std::nullopt, text_of(node.description),
      deprecation(node.directives), {&doc, &node}};
  if (node.default_value) spec.default_value = print(*node.default_value);
  return spec;
}

template <class To>
void append(std::vector<To>& out, const document& doc,
            std::span<const input_value_definition_node> nodes) {
  for (const auto& node : nodes) out.push_back(spec_of(doc, node));
}

field_spec spec_of(const document& doc, const field_definition_node& node) {
  field_spec spec;
  spec.name = node.name.value;
  spec.type = print(*node.type);
  append(spec.arguments, doc, node.arguments);
  spec.description = text_of(node.description);
  spec.deprecation_reason = deprecation(node.directives);
  spec.syntax = {&doc, &node};
  return spec;
}

void add_parts(type_spec& type, const document& doc, const type_definition_node& node) {
  for (const auto& i : node.interfaces) type.interfaces.emplace_back(i.name.value);
  for (const auto& f : node.fields) type.fields.push_back(spec_of(doc, f));
  for (const auto& m : node.members) type.members.emplace_back(m.name.value);
  for (const auto& v : node.values)
    type.values.push_back(
        {std::string(v.name.value), text_of(v.description), deprecation(v.directives), {&doc, &v}});
  append(type.input_fields, doc, node.input_fields);
  if (const auto* d = applied(node.directives, "specifiedBy"))
    type.specified_by_url = text_argument(*d, "url", std::nullopt);
}

type_kind kind_of(node_kind kind) {
  return static_cast<type_kind>(static_cast<int>(kind) -
                                static_cast<int>(node_kind::scalar_definition));
}

}  // namespace

type_spec spec_of(const document& doc, const type_definition_node& node) {
  type_spec type;
  type.kind = kind_of(node.kind);
  type.name = node.name.value;
  type.description = text_of(node.description);
  type.is_one_of = applied(node.directives, "oneOf") != nullptr;
  type.syntax = {&doc, &node};
  add_parts(type, doc, node);
  return type;
}

void extend(type_spec& type, const document& doc, const type_definition_node& extension) {
  add_parts(type, doc, extension);
  type.extensions.push_back({&doc, &extension});
}

directive_spec spec_of(const document& doc, const directive_definition_node& node) {
  directive_spec d;
  d.name = node.name.value;
  d.description = text_of(node.description);
  append(d.arguments, doc, node.arguments);
  d.is_repeatable = node.repeatable;
  for (const auto& place : node.locations)
    d.locations.push_back(*directive_location_of(place.value));
  d.syntax = {&doc, &node};
  return d;
}

}  // namespace puff::graphql::internal
