#include "services/graphql/schema/internal/built_in.hpp"

#include <algorithm>
#include <array>

#include "services/graphql/language/parser.hpp"

namespace puff::graphql::internal {

namespace {

constexpr std::string_view sdl = R"(
"A whole number of 32 bits with sign."
scalar Int
"A number of double precision (IEEE 754)."
scalar Float
"Text in Unicode."
scalar String
"true or false."
scalar Boolean
"A key that means something to the server alone; text in answers, text or a whole number in requests."
scalar ID

"Keeps the field or fragment only if the condition is true."
directive @include("Kept if true." if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
"Leaves the field or fragment out if the condition is true."
directive @skip("Left out if true." if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
"Says that clients should no longer use this element."
directive @deprecated(
  "Why, and what to use instead; CommonMark."
  reason: String = "No longer supported"
) on FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE
"Names the page that specifies how values of this scalar look."
directive @specifiedBy("Address of the page." url: String!) on SCALAR
"Exactly one field of this input object has to be given, and not null."
directive @oneOf on INPUT_OBJECT

"What this server offers: its types, its directives and the roots of its operations."
type __Schema {
  description: String
  "All types of this server."
  types: [__Type!]!
  "Where queries begin."
  queryType: __Type!
  "Where mutations begin, if there are any."
  mutationType: __Type
  "Where subscriptions begin, if there are any."
  subscriptionType: __Type
  "All directives of this server."
  directives(includeDeprecated: Boolean! = false): [__Directive!]!
}
"A type: one with a name, or a list or non-null around another. What does not belong to its kind is null."
type __Type {
  kind: __TypeKind!
  name: String
  description: String
  specifiedByURL: String
  fields(includeDeprecated: Boolean = false): [__Field!]
  interfaces: [__Type!]
  possibleTypes: [__Type!]
  enumValues(includeDeprecated: Boolean = false): [__EnumValue!]
  inputFields(includeDeprecated: Boolean = false): [__InputValue!]
  ofType: __Type
  isOneOf: Boolean
}
"A field of an object or interface, with its arguments and its type."
type __Field {
  name: String!
  description: String
  args(includeDeprecated: Boolean = false): [__InputValue!]!
  type: __Type!
  isDeprecated: Boolean!
  deprecationReason: String
}
"An argument of a field or directive, or a field of an input object."
type __InputValue {
  name: String!
  description: String
  type: __Type!
  "The default as a GraphQL literal."
  defaultValue: String
  isDeprecated: Boolean!
  deprecationReason: String
}
"One value of an enum; in answers it is its name."
type __EnumValue {
  name: String!
  description: String
  isDeprecated: Boolean!
  deprecationReason: String
}
"A directive: something that changes how a document is executed or a type is understood."
type __Directive {
  name: String!
  description: String
  isRepeatable: Boolean!
  locations: [__DirectiveLocation!]!
  args(includeDeprecated: Boolean = false): [__InputValue!]!
  isDeprecated: Boolean!
  deprecationReason: String
}
"Where a directive may stand."
enum __DirectiveLocation {
  QUERY
  MUTATION
  SUBSCRIPTION
  FIELD
  FRAGMENT_DEFINITION
  FRAGMENT_SPREAD
  INLINE_FRAGMENT
  VARIABLE_DEFINITION
  SCHEMA
  SCALAR
  OBJECT
  FIELD_DEFINITION
  ARGUMENT_DEFINITION
  INTERFACE
  UNION
  ENUM
  ENUM_VALUE
  INPUT_OBJECT
  INPUT_FIELD_DEFINITION
  DIRECTIVE_DEFINITION
}
"What a type is."
enum __TypeKind {
  "No fields of its own."
  SCALAR
  "Has `fields` and `interfaces`."
  OBJECT
  "Has `fields`, `interfaces` and `possibleTypes`."
  INTERFACE
  "Has `possibleTypes`."
  UNION
  "Has `enumValues`."
  ENUM
  "Has `inputFields`."
  INPUT_OBJECT
  "Has `ofType`."
  LIST
  "Has `ofType`."
  NON_NULL
}
"The fields that stand on the roots and on every composite type."
type __Meta {
  "This server's types and directives."
  __schema: __Schema!
  "A type by its name."
  __type(name: String!): __Type
  "The name of this object's type."
  __typename: String!
}
)";

}  // namespace

const document& built_in_document() {
  static const auto parsed = parse(std::string(sdl));
  return **parsed;
}

builtin_scalar builtin_scalar_of(std::string_view name) noexcept {
  if (name == "Int") return builtin_scalar::int_;
  if (name == "Float") return builtin_scalar::float_;
  if (name == "String") return builtin_scalar::string;
  if (name == "Boolean") return builtin_scalar::boolean;
  if (name == "ID") return builtin_scalar::id;
  return builtin_scalar::other;
}

bool is_introspection_type(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 8> names{
      "__Schema",   "__Directive", "__DirectiveLocation", "__Type",
      "__TypeKind", "__Field",     "__InputValue",        "__EnumValue"};
  return std::ranges::find(names, name) != names.end();
}

bool is_specified_directive(std::string_view name) noexcept {
  return name == "include" || name == "skip" || name == "deprecated" || name == "specifiedBy" ||
         name == "oneOf";
}

}  // namespace puff::graphql::internal
