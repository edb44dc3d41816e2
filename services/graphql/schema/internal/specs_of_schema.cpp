#include "services/graphql/language/printer.hpp"
#include "services/graphql/schema/internal/specs.hpp"

namespace puff::graphql::internal {

namespace {

std::vector<input_value_spec> specs_of(const std::vector<input_value>& values) {
  std::vector<input_value_spec> specs;
  for (const auto& v : values) {
    specs.push_back(
        {v.name, to_string(v.type), std::nullopt, v.description, v.deprecation_reason, v.syntax});
    if (v.default_value) specs.back().default_value = print(*v.default_value);
  }
  return specs;
}

template <class T>
std::vector<std::string> names_of(const std::vector<T>& types) {
  std::vector<std::string> names;
  for (const auto* type : types) names.push_back(type->name);
  return names;
}

}  // namespace

type_spec spec_of(const named_type& type) {
  type_spec spec;
  spec.kind = type.kind;
  spec.name = type.name;
  spec.description = type.description;
  spec.specified_by_url = type.specified_by_url;
  spec.is_one_of = type.is_one_of;
  spec.interfaces = names_of(type.interfaces);
  for (const auto& f : type.fields)
    spec.fields.push_back({f.name, to_string(f.type), specs_of(f.arguments), f.description,
                           f.deprecation_reason, f.resolver, f.syntax});
  spec.members = names_of(type.members);
  spec.values = type.values;
  spec.input_fields = specs_of(type.input_fields);
  spec.handle = type.handle;
  spec.syntax = type.syntax;
  spec.extensions = type.extensions;
  return spec;
}

directive_spec spec_of(const directive& d) {
  return {d.name, d.description, specs_of(d.arguments), d.is_repeatable, d.locations, d.syntax};
}

}  // namespace puff::graphql::internal
