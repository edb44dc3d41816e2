#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/graphql/language/graphql_error.hpp"
#include "services/graphql/schema/schema.hpp"

namespace puff::graphql {

/// The parts of a schema before names are resolved. Types are written as in SDL, "[User!]!",
/// defaults as literals, "{limit: 10}".
struct input_value_spec {
  std::string name;
  std::string type;
  std::optional<std::string> default_value;
  std::optional<std::string> description;
  std::optional<std::string> deprecation_reason;
  written_at syntax;
};

struct field_spec {
  std::string name;
  std::string type;
  std::vector<input_value_spec> arguments;
  std::optional<std::string> description;
  std::optional<std::string> deprecation_reason;
  std::uint32_t resolver = default_resolver;
  written_at syntax;
};

struct type_spec {
  type_kind kind{};
  std::string name;
  std::optional<std::string> description;
  std::optional<std::string> specified_by_url;
  bool is_one_of = false;
  std::vector<std::string> interfaces;
  std::vector<field_spec> fields;
  std::vector<std::string> members;
  std::vector<enum_value> values;
  std::vector<input_value_spec> input_fields;
  std::uint32_t handle = 0xFFFF'FFFF;
  written_at syntax;
  std::vector<written_at> extensions;
};

struct directive_spec {
  std::string name;
  std::optional<std::string> description;
  std::vector<input_value_spec> arguments;
  bool is_repeatable = false;
  std::vector<directive_location> locations;
  written_at syntax;
};

enum class schema_check : std::uint8_t { full, none };

/// Collects the parts of a schema and makes it. Built-in scalars, the specified directives and the
/// types of the introspection come by themselves. Used once.
class schema_builder {
 public:
  void describe(std::string description) { description_ = std::move(description); }
  void add(type_spec type) { types_.push_back(std::move(type)); }
  void add(directive_spec directive) { directives_.push_back(std::move(directive)); }
  /// Without any root, types called Query, Mutation and Subscription are the roots.
  void set_root(operation_type operation, std::string type_name);
  /// Keeps a text alive that `written_at` values point into.
  void keep(document_ptr text) { documents_.push_back(std::move(text)); }
  void written(written_at definition, std::vector<written_at> extensions);

  /// The schema, or everything that is wrong with it: unknown types, then (with `full`) what
  /// `validate_schema` finds.
  result<schema_ptr> build(schema_check check = schema_check::full) &&;

 private:
  void guess_roots();

  std::optional<std::string> description_;
  std::vector<type_spec> types_;
  std::vector<directive_spec> directives_;
  std::array<std::optional<std::string>, 3> roots_;
  std::vector<document_ptr> documents_;
  written_at syntax_;
  std::vector<written_at> extensions_;
};

/// Breaches of the specification's rules for schemas, in graphql-js' words; empty if there are
/// none.
graphql_errors validate_schema(const schema& s);

}  // namespace puff::graphql
