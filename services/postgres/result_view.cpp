#include "services/postgres/result_view.hpp"

#include <libpq-fe.h>

#include "services/postgres/internal/notice.hpp"

namespace puff::postgres {
namespace {

std::string_view view(const char* text) noexcept {
  return text == nullptr ? std::string_view{} : std::string_view{text};
}

}  // namespace

result_kind result_view::kind() const noexcept {
  switch (PQresultStatus(result_)) {
    case PGRES_EMPTY_QUERY: return result_kind::empty_query;
    case PGRES_COMMAND_OK: return result_kind::command;
    case PGRES_SINGLE_TUPLE: return result_kind::rows;
    case PGRES_TUPLES_OK:
      return internal::is_notice(result_) ? result_kind::error : result_kind::rows;
    case PGRES_COPY_OUT: return result_kind::copy_out;
    case PGRES_COPY_IN: return result_kind::copy_in;
    default: return result_kind::error;
  }
}

int result_view::rows() const noexcept { return PQntuples(result_); }
int result_view::columns() const noexcept { return PQnfields(result_); }

bool result_view::is_null(int row, int column) const noexcept {
  return PQgetisnull(result_, row, column) != 0;
}

std::string_view result_view::value(int row, int column) const noexcept {
  return {PQgetvalue(result_, row, column),
          static_cast<std::size_t>(PQgetlength(result_, row, column))};
}

std::string_view result_view::column_name(int column) const noexcept {
  return view(PQfname(result_, column));
}
std::uint32_t result_view::column_type(int column) const noexcept {
  return PQftype(result_, column);
}
int result_view::column_size(int column) const noexcept { return PQfsize(result_, column); }
int result_view::column_modifier(int column) const noexcept { return PQfmod(result_, column); }
std::uint32_t result_view::column_table(int column) const noexcept {
  return PQftable(result_, column);
}
int result_view::column_table_column(int column) const noexcept {
  return PQftablecol(result_, column);
}
bool result_view::column_is_binary(int column) const noexcept {
  return PQfformat(result_, column) == 1;
}

// libpq takes these two as changeable, but changes nothing.
std::string_view result_view::command_tag() const noexcept {
  return view(PQcmdStatus(const_cast<pg_result*>(result_)));
}
std::string_view result_view::rows_affected() const noexcept {
  return view(PQcmdTuples(const_cast<pg_result*>(result_)));
}
std::uint32_t result_view::inserted_oid() const noexcept { return PQoidValue(result_); }

std::string_view result_view::error_text() const noexcept {
  if (internal::is_notice(result_)) return internal::notice_text(result_);
  return view(PQresultErrorMessage(result_));
}

std::string_view result_view::error_field(char code) const noexcept {
  if (internal::is_notice(result_)) return internal::notice_field(result_, code);
  return view(PQresultErrorField(result_, code));
}

}  // namespace puff::postgres
