#pragma once

#include <cstdint>
#include <string_view>

#include "schemas/sql.hpp"

namespace puff::postgres {

/// What kind of result it is; libpq's ExecStatusType without what never reaches a holder.
enum class result_kind : std::uint8_t { empty_query, command, rows, copy_out, copy_in, error };

/// Reads a result of libpq; does not own it.
class result_view {
 public:
  explicit result_view(const pg_result* result) noexcept : result_(result) {}
  explicit result_view(const sql_result& result) noexcept : result_(result.get()) {}

  result_kind kind() const noexcept;
  int rows() const noexcept;
  int columns() const noexcept;

  bool is_null(int row, int column) const noexcept;
  /// Empty for NULL. Text values end in a zero byte that is not counted.
  std::string_view value(int row, int column) const noexcept;

  std::string_view column_name(int column) const noexcept;
  std::uint32_t column_type(int column) const noexcept;   ///< OID
  int column_size(int column) const noexcept;             ///< bytes; negative: varies
  int column_modifier(int column) const noexcept;         ///< atttypmod; -1: none
  std::uint32_t column_table(int column) const noexcept;  ///< OID; 0: not a table's column
  int column_table_column(int column) const noexcept;     ///< attnum; 0: not a table's column
  bool column_is_binary(int column) const noexcept;

  std::string_view command_tag() const noexcept;    ///< "INSERT 0 1"
  std::string_view rows_affected() const noexcept;  ///< decimal digits, or empty
  std::uint32_t inserted_oid() const noexcept;

  std::string_view error_text() const noexcept;            ///< as libpq formats it: "ERROR:  ..\n"
  std::string_view error_field(char code) const noexcept;  ///< PG_DIAG_*: 'C' is the SQLSTATE

 private:
  const pg_result* result_;
};

/// No result at all.
inline sql_result no_result() noexcept {
  return {nullptr, [](pg_result*) {}};
}

}  // namespace puff::postgres
