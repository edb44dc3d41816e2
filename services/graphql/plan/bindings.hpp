#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "services/graphql/schema/schema.hpp"
#include "services/graphql/values/scalars.hpp"
#include "services/graphql/values/value.hpp"

namespace puff::graphql {

class field_resolver;
class outside_parser;
class stream_resolver;
class type_resolver;

/// What one parameter of a declared statement is bound to.
struct sql_parameter {
  enum class kind : std::uint8_t {
    argument,    ///< an argument of the field, by name; absent is NULL
    parent_key,  ///< a column of the parents: an array of their distinct values
    constant,
  };
  kind what = kind::argument;
  std::string name;
  value constant;
  std::uint32_t type = 0;  ///< OID; 0: the server decides, or the parents' column
};

/// A field that is nothing but SQL. Its rows belong to the parents whose `parent_keys` equal the
/// rows' `child_keys`, by position in these lists; without keys they belong to the only parent.
struct sql_field {
  std::string text;  ///< with $1, $2, ..
  std::vector<sql_parameter> parameters;
  std::vector<std::string> parent_keys;
  std::vector<std::string> child_keys;
  /// Of a mutation's root field below which nothing more runs: the statement is a transaction of
  /// its own, committed when it has succeeded, whatever its rows turn out to be.
  bool autocommit = false;
};

/// Read from the parent's column; an empty name means the field's own.
struct from_column {
  std::string name;
};
struct from_constant {
  value v;
};
struct from_resolver {
  std::shared_ptr<field_resolver> resolver;
  std::vector<std::string> depends_on;  ///< columns of the parents that it reads
};
struct from_sql {
  std::shared_ptr<const sql_field> statement;
};
/// The root field of a subscription.
struct from_stream {
  std::shared_ptr<stream_resolver> resolver;
};

/// How a field gets its values.
using field_binding =
    std::variant<from_column, from_constant, from_resolver, from_sql, from_stream>;

/// What a field may cost, where that is known better than for others; see `cost_of`.
struct field_cost {
  std::uint64_t weight = 0;   ///< of resolving it once
  std::string size_argument;  ///< that says how many items its list has; empty: the usual ones
  std::uint64_t size = 0;     ///< items that it has otherwise; 0: as any list
};

/// A schema with everything that executing it needs. Immutable once it is in use.
struct bound_schema {
  explicit bound_schema(schema_ptr s) : types(std::move(s)) {}

  // Say how a field, a scalar or an abstract type is served. False if the schema has none of the
  // name. What is not said: a field reads its column, a scalar passes values through, the rows of
  // an abstract type know their types.
  bool bind(std::string_view type, std::string_view field_name, field_binding how);
  bool bind_scalar(std::string_view name, std::shared_ptr<const scalar_codec> codec);
  bool set_cost(std::string_view type, std::string_view field_name, field_cost cost);
  bool bind_type(std::string_view name, std::shared_ptr<type_resolver> resolver);

  /// Has input values of these scalars parsed by `parser`, before anything is executed with them.
  void parse_outside(const std::vector<std::string>& names, std::shared_ptr<outside_parser> by);

  const field_binding& binding(const field& f) const noexcept;
  /// Null if the rows know their types.
  type_resolver* resolver_of(const named_type& type) const noexcept;

  schema_ptr types;
  std::unordered_map<const field*, field_binding> fields;
  std::unordered_map<const field*, field_cost> costs;
  scalar_table scalars;  ///< by `named_type::position`
  std::unordered_map<const named_type*, std::shared_ptr<type_resolver>> abstract_types;
  std::shared_ptr<outside_parser> parser;           ///< null: all scalars are parsed where they are
  std::unordered_set<const field*> parsed_outside;  ///< whose arguments may hold such values
};

using bound_schema_ptr = std::shared_ptr<const bound_schema>;

}  // namespace puff::graphql
