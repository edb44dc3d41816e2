#include "services/postgres/internal/notice.hpp"

#include <libpq-fe.h>

#include <array>
#include <cstring>
#include <vector>

namespace puff::postgres::internal {
namespace {

/// No table's OID; marks a notice's first column.
constexpr Oid mark = 0xFFFFFFFF;
constexpr std::string_view field_codes{"SVCMDHPpqWstcdnFLR"};

PGresAttDesc column(char* name) {
  PGresAttDesc made{};
  made.name = name;
  made.tableid = mark;
  made.typid = 25;  // text
  made.typlen = -1;
  made.atttypmod = -1;
  return made;
}

void set(PGresult* row, int column, const char* text) {
  // libpq copies the text; it only declares that it might not.
  PQsetvalue(row, 0, column, const_cast<char*>(text), static_cast<int>(std::strlen(text)));
}

std::string_view cell(const pg_result* notice, int column) noexcept {
  return {PQgetvalue(notice, 0, column), static_cast<std::size_t>(PQgetlength(notice, 0, column))};
}

}  // namespace

sql_result keep_notice(const pg_result* notice) {
  std::array<char, 2> text_name{'*', 0};
  std::array<std::array<char, 2>, field_codes.size()> names{};
  std::vector<PGresAttDesc> columns{column(text_name.data())};
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i][0] = field_codes[i];
    if (PQresultErrorField(notice, field_codes[i]) != nullptr)
      columns.push_back(column(names[i].data()));
  }
  sql_result made{PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK), &PQclear};
  PQsetResultAttrs(made.get(), static_cast<int>(columns.size()), columns.data());
  set(made.get(), 0, PQresultErrorMessage(notice));
  for (int i = 1; i < static_cast<int>(columns.size()); ++i)
    set(made.get(), i, PQresultErrorField(notice, *columns[static_cast<std::size_t>(i)].name));
  return made;
}

bool is_notice(const pg_result* result) noexcept {
  return PQnfields(result) > 0 && PQftable(result, 0) == mark;
}

std::string_view notice_text(const pg_result* notice) noexcept { return cell(notice, 0); }

std::string_view notice_field(const pg_result* notice, char code) noexcept {
  for (int i = 1; i < PQnfields(notice); ++i)
    if (*PQfname(notice, i) == code) return cell(notice, i);
  return {};
}

}  // namespace puff::postgres::internal
