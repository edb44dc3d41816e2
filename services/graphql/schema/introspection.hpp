#pragma once

#include <cstdint>

#include "services/graphql/schema/types.hpp"

namespace puff::graphql {

/// `field::resolver` of the fields that describe a schema. The executor answers them from the
/// model: the source of an introspection object is a `schema`, a `type_ref`, a `field`, an
/// `input_value`, an `enum_value` or a `directive`.
enum class introspection_resolver : std::uint32_t {
  first = 0xFFFF'FE00,
  meta_schema = first,  ///< Query.__schema
  meta_type,            ///< Query.__type(name:)
  meta_typename,        ///< __typename of every composite type
  schema_description,
  schema_types,
  schema_query_type,
  schema_mutation_type,
  schema_subscription_type,
  schema_directives,  ///< (includeDeprecated:)
  type_kind,
  type_name,
  type_description,
  type_specified_by_url,
  type_fields,  ///< (includeDeprecated:)
  type_interfaces,
  type_possible_types,
  type_enum_values,   ///< (includeDeprecated:)
  type_input_fields,  ///< (includeDeprecated:)
  type_of_type,
  type_is_one_of,
  field_name,
  field_description,
  field_args,  ///< (includeDeprecated:)
  field_type,
  field_is_deprecated,
  field_deprecation_reason,
  input_value_name,
  input_value_description,
  input_value_type,
  input_value_default_value,  ///< text: see `printed_default`
  input_value_is_deprecated,
  input_value_deprecation_reason,
  enum_value_name,
  enum_value_description,
  enum_value_is_deprecated,
  enum_value_deprecation_reason,
  directive_name,
  directive_description,
  directive_is_repeatable,
  directive_locations,
  directive_args,           ///< (includeDeprecated:)
  directive_is_deprecated,  ///< always false: the edition does not deprecate directives
  directive_deprecation_reason,
  last = directive_deprecation_reason,
};

constexpr bool is_introspection(std::uint32_t resolver) noexcept {
  return resolver >= static_cast<std::uint32_t>(introspection_resolver::first) &&
         resolver <= static_cast<std::uint32_t>(introspection_resolver::last);
}

/// Name of the value of __TypeKind: "OBJECT", "INPUT_OBJECT", ..
std::string_view introspection_name(type_kind kind) noexcept;

/// The default of an argument or input field as the introspection shows it; empty if there is none.
std::string printed_default(const input_value& value);

}  // namespace puff::graphql
