#include "services/postgres/internal/row_piece.hpp"

#include <libpq-fe.h>

#include <utility>

namespace puff::postgres::internal {
namespace {

std::size_t size_of_first_row(const pg_result* result) {
  std::size_t sum = 0;
  for (int i = 0; i < PQnfields(result); ++i)
    sum += static_cast<std::size_t>(PQgetlength(result, 0, i)) + sizeof(void*);
  return sum;
}

bool append_row(pg_result* to, int at, const pg_result* from, int row) {
  for (int i = 0; i < PQnfields(from); ++i) {
    bool null = PQgetisnull(from, row, i) != 0;
    if (PQsetvalue(to, at, i, null ? nullptr : PQgetvalue(from, row, i),
                   null ? -1 : PQgetlength(from, row, i)) == 0)
      return false;
  }
  return true;
}

}  // namespace

bool row_piece::add(sql_result row) {
  bytes_ += size_of_first_row(row.get());
  ++count_;
  if (rows_) return append_rows(rows_.get(), row.get());
  rows_ = std::move(row);
  return true;
}

sql_result row_piece::take() noexcept {
  count_ = bytes_ = 0;
  return std::exchange(rows_, sql_result{nullptr, [](pg_result*) {}});
}

bool append_rows(pg_result* to, const pg_result* from) {
  for (int row = 0, at = PQntuples(to); row < PQntuples(from); ++row, ++at)
    if (!append_row(to, at, from, row)) return false;
  return true;
}

}  // namespace puff::postgres::internal
