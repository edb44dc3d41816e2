#pragma once

#include <string_view>

#include "schemas/sql.hpp"

namespace puff::postgres::internal {

/// Copies a notice, which libpq owns only while it tells of it. Its fields become the columns of a
/// row, because libpq offers no way to make or copy a result of an error's kind.
sql_result keep_notice(const pg_result* notice);

/// Whether it was made by `keep_notice`.
bool is_notice(const pg_result* result) noexcept;
/// Of a kept notice: "NOTICE:  ..\n".
std::string_view notice_text(const pg_result* notice) noexcept;
/// Of a kept notice: the field PG_DIAG_*; empty if it has none.
std::string_view notice_field(const pg_result* notice, char code) noexcept;

}  // namespace puff::postgres::internal
