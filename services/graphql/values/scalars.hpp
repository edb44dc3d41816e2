#pragma once

#include <memory>
#include <string>
#include <vector>

#include "services/graphql/language/graphql_error.hpp"
#include "services/graphql/output/json_writer.hpp"
#include "services/graphql/schema/schema.hpp"
#include "services/graphql/values/column.hpp"
#include "services/graphql/values/value.hpp"

namespace puff::graphql {

/// What a schema's own scalar does beyond passing values through. Called from any thread.
class scalar_codec {
 public:
  virtual ~scalar_codec() = default;

  /// An input value, of JSON or of a literal (enum values in it are `enum_name`), never null. The
  /// error's message is the reason.
  virtual result<value> parse(const value& v) const { return v; }
  /// Writes a value of a result, never null or a failure. What it returns is why it cannot, in
  /// which case what it has written is taken back; empty: it is written.
  virtual std::string serialise(const cell& c, const column& of, json_writer& out) const;
};

/// The codecs of a schema, by `named_type::position`; a scalar that has none passes everything
/// through.
using scalar_table = std::vector<std::shared_ptr<const scalar_codec>>;

/// Parses a leaf's input value that is not null; built-in scalars and enums by the specification.
result<value> parse_leaf(const named_type& type, const value& v, const scalar_table& scalars);

/// The value of an integer of JSON or of a literal as GraphQL's Int, or why it is none.
result<value> parse_int(const value& v);

/// Writes a leaf's value that is neither null nor a failure, in graphql-js' conversions. What it
/// returns is why it cannot; nothing is left written then.
std::string serialise_leaf(const named_type& type, const cell& c, const column& of,
                           const scalar_table& scalars, json_writer& out);

/// Writes any value as JSON: what a scalar without a codec, such as `Any`, gives.
std::string serialise_any(const cell& c, const column& of, json_writer& out);

}  // namespace puff::graphql
