#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace puff::graphql {

/// What a node is. The order of definitions matters to nobody; extensions follow their definitions.
enum class node_kind : std::uint8_t {
  name,
  operation,
  variable_definition,
  selection_set,
  field,
  fragment_spread,
  inline_fragment,
  fragment,
  argument,
  variable,
  int_value,
  float_value,
  string_value,
  boolean_value,
  null_value,
  enum_value,
  list_value,
  object_value,
  object_field,
  directive,
  named_type,
  list_type,
  non_null_type,
  schema_definition,
  operation_type,
  scalar_definition,
  object_definition,
  interface_definition,
  union_definition,
  enum_definition,
  input_object_definition,
  field_definition,
  input_value_definition,
  enum_value_definition,
  directive_definition,
  schema_extension,
  scalar_extension,
  object_extension,
  interface_extension,
  union_extension,
  enum_extension,
  input_object_extension,
};

/// The beginning of every node: a range of bytes of the source. Nodes live in their document's
/// arena, are never changed after parsing and own nothing; texts are views into the source, or into
/// the arena where escapes had to be resolved.
struct node {
  node_kind kind{};
  std::uint32_t start = 0;  ///< of the node's first token; with a description, of the description
  std::uint32_t end = 0;    ///< behind its last token
};

struct name_node : node {
  std::string_view value;
  explicit operator bool() const noexcept { return !value.empty(); }
};

struct object_field_node;

/// A literal or a variable, told apart by `kind`.
struct value_node : node {
  bool block = false;    ///< a string was written as a block string
  bool boolean = false;  ///< of a boolean_value
  /// A variable's name without "$", an enum value's name, a number as written, a string's content.
  std::string_view text;
  std::span<const value_node> items;          ///< of a list_value
  std::span<const object_field_node> fields;  ///< of an object_value
};

struct object_field_node : node {
  name_node name;
  value_node value;
};

/// A named type, or a list or non-null type around `of`.
struct type_node : node {
  name_node name;                 ///< of a named_type
  const type_node* of = nullptr;  ///< of the other two
};

struct argument_node : node {
  name_node name;
  value_node value;
};

struct directive_node : node {
  name_node name;
  std::span<const argument_node> arguments;
};

struct field_node;
struct fragment_spread_node;
struct inline_fragment_node;

/// A field, a fragment spread or an inline fragment, by `kind`; `as_*` are valid for that kind
/// only.
struct selection_node : node {
  std::span<const directive_node> directives;

  const field_node& as_field() const;
  const fragment_spread_node& as_spread() const;
  const inline_fragment_node& as_inline() const;
};

struct selection_set_node : node {
  std::span<const selection_node* const> selections;
};

struct field_node : selection_node {
  name_node alias;  ///< false if there is none
  name_node name;
  std::span<const argument_node> arguments;
  const selection_set_node* selection_set = nullptr;

  std::string_view response_key() const noexcept { return alias ? alias.value : name.value; }
};

struct fragment_spread_node : selection_node {
  name_node name;
};

struct inline_fragment_node : selection_node {
  const type_node* type_condition = nullptr;  ///< null: the type around it
  const selection_set_node* selection_set = nullptr;
};

inline const field_node& selection_node::as_field() const {
  return static_cast<const field_node&>(*this);
}
inline const fragment_spread_node& selection_node::as_spread() const {
  return static_cast<const fragment_spread_node&>(*this);
}
inline const inline_fragment_node& selection_node::as_inline() const {
  return static_cast<const inline_fragment_node&>(*this);
}

struct operation_node;
struct fragment_node;
struct schema_definition_node;
struct type_definition_node;
struct directive_definition_node;

/// What stands at the top of a document, told apart by `kind`; `as_*` are valid for their kinds
/// only.
struct definition_node : node {
  const value_node* description = nullptr;
  name_node name;  ///< false for a schema definition and for an operation without a name
  std::span<const directive_node> directives;

  bool is_executable() const noexcept;
  bool is_extension() const noexcept;
  bool is_type() const noexcept;  ///< a definition or an extension of a type
  const operation_node& as_operation() const;
  const fragment_node& as_fragment() const;
  const schema_definition_node& as_schema() const;
  const type_definition_node& as_type() const;
  const directive_definition_node& as_directive() const;
};

enum class operation_type : std::uint8_t { query, mutation, subscription };

struct variable_definition_node : node {
  const value_node* description = nullptr;
  name_node variable;  ///< without "$"; its node begins at the "$"
  const type_node* type = nullptr;
  const value_node* default_value = nullptr;
  std::span<const directive_node> directives;
};

struct operation_node : definition_node {
  operation_type operation = operation_type::query;
  std::span<const variable_definition_node> variables;
  const selection_set_node* selection_set = nullptr;
};

struct fragment_node : definition_node {
  const type_node* type_condition = nullptr;
  const selection_set_node* selection_set = nullptr;
};

struct operation_type_node : node {
  operation_type operation = operation_type::query;
  const type_node* type = nullptr;
};

/// A schema definition or extension.
struct schema_definition_node : definition_node {
  std::span<const operation_type_node> operation_types;
};

/// An argument's definition or an input field.
struct input_value_definition_node : node {
  const value_node* description = nullptr;
  name_node name;
  const type_node* type = nullptr;
  const value_node* default_value = nullptr;
  std::span<const directive_node> directives;
};

struct field_definition_node : node {
  const value_node* description = nullptr;
  name_node name;
  std::span<const input_value_definition_node> arguments;
  const type_node* type = nullptr;
  std::span<const directive_node> directives;
};

struct enum_value_definition_node : node {
  const value_node* description = nullptr;
  name_node name;
  std::span<const directive_node> directives;
};

/// The definition or extension of any kind of type; only the spans of its kind are filled.
struct type_definition_node : definition_node {
  std::span<const type_node> interfaces;                      ///< object, interface
  std::span<const field_definition_node> fields;              ///< object, interface
  std::span<const type_node> members;                         ///< union
  std::span<const enum_value_definition_node> values;         ///< enum
  std::span<const input_value_definition_node> input_fields;  ///< input object
};

struct directive_definition_node : definition_node {
  std::span<const input_value_definition_node> arguments;
  bool repeatable = false;
  std::span<const name_node> locations;
};

inline bool definition_node::is_executable() const noexcept {
  return kind == node_kind::operation || kind == node_kind::fragment;
}
inline bool definition_node::is_extension() const noexcept {
  return kind >= node_kind::schema_extension;
}
inline bool definition_node::is_type() const noexcept {
  return (kind >= node_kind::scalar_definition && kind <= node_kind::input_object_definition) ||
         kind >= node_kind::scalar_extension;
}
inline const operation_node& definition_node::as_operation() const {
  return static_cast<const operation_node&>(*this);
}
inline const fragment_node& definition_node::as_fragment() const {
  return static_cast<const fragment_node&>(*this);
}
inline const schema_definition_node& definition_node::as_schema() const {
  return static_cast<const schema_definition_node&>(*this);
}
inline const type_definition_node& definition_node::as_type() const {
  return static_cast<const type_definition_node&>(*this);
}
inline const directive_definition_node& definition_node::as_directive() const {
  return static_cast<const directive_definition_node&>(*this);
}

/// "query", "mutation" or "subscription".
std::string_view name_of(operation_type operation) noexcept;

}  // namespace puff::graphql
