#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "bridge/postgres/cast_values.hpp"

namespace puff::bridge::postgres {

/// One row of the table of built-in typecasters: psycopg2's names and PostgreSQL's OIDs.
struct builtin_type {
  const char* name;
  std::array<std::uint32_t, 6> oids;  ///< zeros at the end stand for nothing
  cast_function cast;                 ///< null: an array
  const char* item;                   ///< name of an earlier row, of an array's items
};

/// In the order in which they are registered: of two that claim an OID, the later has it.
std::span<const builtin_type> builtin_types() noexcept;

}  // namespace puff::bridge::postgres
