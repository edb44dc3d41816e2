#pragma once

#include <cstdint>
#include <string_view>

#include "services/graphql/values/column_builder.hpp"

namespace puff::graphql::internal {

/// What a value of PostgreSQL means to the engine.
enum class sql_kind : std::uint8_t {
  boolean,
  integer,
  real,
  text,
  json,
  jsonb,
  timestamp,
  uuid,
  other
};

struct sql_type {
  sql_kind kind = sql_kind::other;
  bool is_array = false;
};

/// By OID of the types that PostgreSQL comes with; `other` for the rest.
sql_type sql_type_of(std::uint32_t oid) noexcept;

/// A value in the server's text format, seen where it lies; no array and no timestamp.
cell cell_of(sql_kind kind, std::string_view text) noexcept;

// Add one value that is not NULL to a column.
void add_text(column_builder& out, const sql_type& type, std::string_view text);
void add_binary(column_builder& out, const sql_type& type, std::string_view bytes);

}  // namespace puff::graphql::internal
