#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/graphql/language/document.hpp"
#include "services/graphql/schema/name_index.hpp"
#include "services/graphql/schema/type_ref.hpp"

namespace puff::graphql {

/// Where an element of a schema was written; both null if it does not come from SDL. The schema
/// keeps the document.
struct written_at {
  const document* in = nullptr;
  const node* at = nullptr;
  explicit operator bool() const noexcept { return at != nullptr; }
};

/// An argument of a field or directive, or a field of an input object.
struct input_value {
  std::string name;
  std::optional<std::string> description;
  std::optional<std::string> deprecation_reason;  ///< present: deprecated
  type_ref type;
  /// The default as a literal without variables, null if there is none. The schema owns the nodes.
  const value_node* default_value = nullptr;
  written_at syntax;

  bool is_required() const noexcept { return type.is_non_null() && !default_value; }
};

/// The default: the field's value is read from the parent.
inline constexpr std::uint32_t default_resolver = 0xFFFF'FFFF;

struct field {
  std::string name;
  std::optional<std::string> description;
  std::optional<std::string> deprecation_reason;
  type_ref type;
  std::vector<input_value> arguments;  ///< few: found by a look at each
  /// Whatever the owner of the schema wants the executor to know, usually an index of a table; of
  /// fields of the introspection a value of `introspection_resolver`.
  std::uint32_t resolver = default_resolver;
  /// Its position among its type's fields.
  std::uint32_t position = 0;
  written_at syntax;

  const input_value* argument(std::string_view argument_name) const noexcept;
};

struct enum_value {
  std::string name;
  std::optional<std::string> description;
  std::optional<std::string> deprecation_reason;
  written_at syntax;
};

enum class type_kind : std::uint8_t { scalar, object, interface, union_, enum_, input_object };

/// What of the built-in scalars a type is; `other` for the schema's own.
enum class builtin_scalar : std::uint8_t { other, int_, float_, string, boolean, id };

/// A type with a name. What does not belong to its kind is empty.
struct named_type {
  type_kind kind{};
  builtin_scalar builtin = builtin_scalar::other;
  bool is_one_of = false;         ///< an input object with exactly one field given
  bool is_introspection = false;  ///< __Schema, __Type, ..
  std::string name;
  std::optional<std::string> description;
  std::optional<std::string> specified_by_url;
  std::vector<const named_type*> interfaces;  ///< of an object or interface, all it names
  std::vector<field> fields;                  ///< of an object or interface
  std::vector<const named_type*> members;     ///< of a union
  std::vector<enum_value> values;             ///< of an enum
  std::vector<input_value> input_fields;      ///< of an input object
  std::uint32_t handle = 0xFFFF'FFFF;         ///< free for the owner, as `field::resolver`
  std::uint32_t position = 0;                 ///< among the schema's types
  written_at syntax;
  std::vector<written_at> extensions;

  bool is_leaf() const noexcept { return kind == type_kind::scalar || kind == type_kind::enum_; }
  bool is_composite() const noexcept { return has_fields() || kind == type_kind::union_; }
  bool is_abstract() const noexcept {
    return kind == type_kind::interface || kind == type_kind::union_;
  }
  bool has_fields() const noexcept {
    return kind == type_kind::object || kind == type_kind::interface;
  }
  bool is_input() const noexcept { return is_leaf() || kind == type_kind::input_object; }
  bool is_output() const noexcept { return kind != type_kind::input_object; }

  const field* find_field(std::string_view field_name) const noexcept;
  const enum_value* find_value(std::string_view value_name) const noexcept;
  const input_value* find_input(std::string_view input_name) const noexcept;

  /// Positions in `fields`, `values` or `input_fields`; filled by the builder.
  name_index by_name;
};

/// Where a directive may stand.
enum class directive_location : std::uint8_t {
  query,
  mutation,
  subscription,
  field,
  fragment_definition,
  fragment_spread,
  inline_fragment,
  variable_definition,
  schema,
  scalar,
  object,
  field_definition,
  argument_definition,
  interface,
  union_,
  enum_,
  enum_value,
  input_object,
  input_field_definition,
  directive_definition,
};

/// "FRAGMENT_SPREAD", ..
std::string_view name_of(directive_location place) noexcept;
std::optional<directive_location> directive_location_of(std::string_view name) noexcept;

struct directive {
  std::string name;
  std::optional<std::string> description;
  std::vector<input_value> arguments;
  bool is_repeatable = false;
  bool is_specified = false;  ///< @skip, @include, @deprecated, @specifiedBy, @oneOf
  std::vector<directive_location> locations;
  written_at syntax;

  const input_value* argument(std::string_view argument_name) const noexcept;
  bool may_stand_at(directive_location place) const noexcept;
};

}  // namespace puff::graphql
