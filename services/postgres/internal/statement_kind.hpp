#pragma once

#include "schemas/sql.hpp"

namespace puff::postgres::internal {

/// Whether the request may run among those of others on one connection: one statement with bound
/// values that reads or changes rows. Everything else (BEGIN, SET, LISTEN, COPY, several
/// statements) might leave something behind.
bool may_share(const sql_request& request) noexcept;

}  // namespace puff::postgres::internal
