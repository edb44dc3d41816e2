#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "schemas/sql.hpp"
#include "services/graphql/values/column.hpp"

namespace puff::graphql {

/// The rows of a result of PostgreSQL, read where they lie. Booleans, numbers (but numeric) and
/// json are what they say; timestamps are ISO 8601; arrays are lists; anything else is the text
/// that the server gives.
row_set_ptr sql_rows(std::shared_ptr<const pg_result> result);
/// The rows of several results of the same statement, one after the other; never none.
row_set_ptr sql_rows(std::vector<std::shared_ptr<const pg_result>> results);

/// Why the statement failed, if it did; its SQLSTATE is an extension.
std::optional<field_failure> sql_failure(const pg_result& result);

/// The OID of an array of this type, for types that a key may have; 0 for others.
std::uint32_t array_type_of(std::uint32_t type) noexcept;
/// The type of a column of `sql_rows`; 0 for any other column.
std::uint32_t sql_type_of(const column& c) noexcept;

}  // namespace puff::graphql
