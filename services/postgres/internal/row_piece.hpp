#pragma once

#include <cstddef>

#include "schemas/sql.hpp"

namespace puff::postgres::internal {

/// Gathers the rows that libpq gives one by one into one result.
class row_piece {
 public:
  /// Takes a result of one row of the same columns. False: no memory.
  bool add(sql_result row);
  /// What was gathered; the piece is empty then.
  sql_result take() noexcept;

  bool empty() const noexcept { return !rows_; }
  std::size_t rows() const noexcept { return count_; }
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  sql_result rows_{nullptr, [](pg_result*) {}};
  std::size_t count_ = 0, bytes_ = 0;
};

/// Appends all rows of `from` to `to`, which has the same columns. False: no memory.
bool append_rows(pg_result* to, const pg_result* from);

}  // namespace puff::postgres::internal
